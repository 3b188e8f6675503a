//! The listener's own editor on a text: a file that nobody else reads, and the command, never through a shell.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::model::{Fault, FaultKind};

use super::paths::temporary_file;

/// Largest text that is read back, in bytes.
pub const MAX_TEXT_BYTES: u64 = 32 << 20;

/// A text in a file that only the listener reads. It goes with this value unless it is kept.
#[derive(Debug)]
pub struct TextFile {
    path: PathBuf,
    kept: bool,
}

impl TextFile {
    /// Puts a text where nobody else finds it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(text: &str) -> Result<Self, Fault> {
        Self::of("playlist", "txt", text)
    }

    /// The same, named after what it is, so that an editor knows how to colour it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn of(what: &str, extension: &str, text: &str) -> Result<Self, Fault> {
        let path = temporary_file(what, extension);
        let unwritable = |error: &io::Error| {
            Fault::new(FaultKind::Other, format!("{} cannot be written: {error}", path.display()))
        };
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| unwritable(&error))?;
        let made = Self { path: path.clone(), kept: false };
        file.write_all(text.as_bytes()).map_err(|error| unwritable(&error))?;
        Ok(made)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it now.
    ///
    /// # Errors
    /// When it cannot be read, or is no text.
    pub fn read(&self) -> io::Result<String> {
        let mut text = String::new();
        File::open(&self.path)?.take(MAX_TEXT_BYTES).read_to_string(&mut text)?;
        Ok(text)
    }

    /// The file stays where it is.
    pub fn keep(mut self) -> PathBuf {
        self.kept = true;
        self.path.clone()
    }
}

impl Drop for TextFile {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The listener's editor: `$VISUAL`, else `$EDITOR`; `None` where neither is set.
pub fn named_editor() -> Option<String> {
    let named = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|command| !command.trim().is_empty())
}

/// The words of a command as a shell would take them apart, without anything else that a shell does.
///
/// # Errors
/// When a quote is not closed, or there is no word.
pub fn command_words(command: &str) -> Result<Vec<String>, Fault> {
    let fault = |words: &str| {
        Fault::new(FaultKind::Usage, format!("$EDITOR ({command}) cannot be read: {words}"))
            .hint("Set it to a program with its arguments")
    };
    let words =
        shlex::split(command).ok_or_else(|| fault("a quote is not closed, or it ends with a backslash"))?;
    if words.iter().all(String::is_empty) {
        return Err(fault("it names no program"));
    }
    Ok(words)
}

/// Starts an editor on a file, on the terminal.
///
/// # Errors
/// When there is no such program.
pub fn start_editor(command: &str, file: &Path) -> Result<Child, Fault> {
    let words = command_words(command)?;
    let program = words.first().cloned().unwrap_or_default();
    let unstartable = |error: &io::Error| {
        Fault::new(FaultKind::Other, format!("{program} cannot be started: {error}"))
            .hint("Set $VISUAL or $EDITOR to your editor")
    };
    // Standard error may go to a file while there is a screen.
    let terminal = io::stdout().as_fd().try_clone_to_owned().map_err(|error| unstartable(&error))?;
    let mut editor = Command::new(&program);
    editor.args(words.iter().skip(1)).arg(file).stderr(Stdio::from(terminal));
    editor.spawn().map_err(|error| unstartable(&error))
}

/// How an editor ended.
///
/// # Errors
/// When it says that something went wrong, as editors do for a text that is given up.
pub fn editor_ended(command: &str, status: io::Result<ExitStatus>) -> Result<(), Fault> {
    let program = command_words(command)?.into_iter().next().unwrap_or_default();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            Err(Fault::new(FaultKind::Other, format!("{program} ended with {status}; nothing was changed")))
        }
        Err(error) => Err(Fault::new(FaultKind::Other, format!("{program} cannot be waited for: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn commands_are_words_and_nothing_else() {
        let check = |command: &str, expected: Result<&[&str], &str>| match (command_words(command), expected)
        {
            (Ok(words), Ok(expected)) => assert_eq!(words, expected, "{command}"),
            (Err(fault), Err(expected)) => {
                assert!(fault.to_string().contains(expected), "{command}: {fault}");
            }
            (found, _) => panic!("{command}: {found:?}"),
        };
        check("vi", Ok(&["vi"]));
        check("  code --wait  ", Ok(&["code", "--wait"]));
        check("'/opt/my editor/e' -c \"set tw=72\"", Ok(&["/opt/my editor/e", "-c", "set tw=72"]));
        check(r#"e\ d "a\"b" 'c\d' x''"#, Ok(&["e d", "a\"b", "c\\d", "x"]));
        check("vi; rm -rf $HOME", Ok(&["vi;", "rm", "-rf", "$HOME"]));
        check("vi 'x", Err("not closed"));
        check("vi \\", Err("backslash"));
        check("  ", Err("no program"));
        check("''", Err("no program"));
    }

    #[test]
    fn the_text_is_the_listeners_alone_and_goes() {
        let file = TextFile::new("a\n").unwrap();
        let path = file.path().to_owned();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(file.read().unwrap(), "a\n");
        drop(file);
        assert!(!path.exists());
        let kept = TextFile::new("b").unwrap().keep();
        assert!(kept.exists());
        fs::remove_file(kept).unwrap();
    }
}
