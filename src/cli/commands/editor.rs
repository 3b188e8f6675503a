//! The listener's editor, called from the command line.

use std::io::{self, IsTerminal};
use std::path::Path;

use crate::model::Fault;
use crate::runtime::{editor_ended, named_editor, start_editor};

/// Has a file edited in `$VISUAL`, else `$EDITOR`, else `vi` where there is a terminal, and waits for the end.
///
/// # Errors
/// `nobody()` where there is neither; else what went wrong with the editor.
pub(super) fn edit(path: &Path, nobody: impl FnOnce() -> Fault) -> Result<(), Fault> {
    let by_hand = io::stdin().is_terminal() && io::stdout().is_terminal();
    let Some(command) = named_editor().or_else(|| by_hand.then(|| "vi".to_owned())) else {
        return Err(nobody());
    };
    start_editor(&command, path).and_then(|mut editor| editor_ended(&command, editor.wait()))
}
