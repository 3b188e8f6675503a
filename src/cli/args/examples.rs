//! What the help shows of each group of commands.

pub(super) const ALL: &str = "Examples:
  segue --demo
  segue search night ferry --service audius
  segue play audius:album:D7KyD --offline
  segue download add audius:album:D7KyD && segue download run
  segue playlist new local 'Night drive' audius:track:D7KyD a.flac

Exit codes: 0 ok, 1 failure, 2 usage, 3 not found, 4 sign-in needed or access refused, 5 network, 6 unsupported or damaged \
media. Without a command the player opens on the screen.";

pub(super) const DOWNLOAD: &str = "Examples:
  segue download add audius:album:D7KyD https://example.org/a.mp3
  segue download run
  segue download move 7 --to 1
  segue download keep 'Night drive' audiomack/mine/favorites
  segue download check --json";

pub(super) const PLAYLIST: &str = "Examples:
  segue playlist new local 'Night drive' audius:track:D7KyD a.flac
  segue playlist move 'Night drive' 5 1
  segue playlist sort 'Night drive' --by artist,album,path
  segue playlist copy 'Night drive' audiomack --dry-run
  segue playlist export 'Night drive' night.m3u8 --relative
  segue playlist undo";

pub(super) const QUEUE: &str = "Examples:
  segue queue save Friday
  segue queue list --json
  segue queue load Friday";

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::Arguments;
    use super::*;

    #[test]
    fn every_example_can_be_typed() {
        let lines = [ALL, DOWNLOAD, PLAYLIST, QUEUE].into_iter().flat_map(str::lines);
        let typed: Vec<&str> = lines.filter_map(|line| line.strip_prefix("  ")).collect();
        assert!(typed.len() > 15);
        for command in typed.iter().flat_map(|line| line.split(" && ")) {
            // What is quoted is one word.
            let parts = command.split('\'').enumerate().flat_map(|(at, part)| {
                if at % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }
            });
            let parsed = Arguments::try_parse_from(parts);
            assert!(parsed.is_ok(), "{command}: {}", parsed.unwrap_err());
        }
    }
}
