//! What the player is told, and what it tells.

use std::time::Duration;

use crate::config::SoundSettings;
use crate::model::{
    CleanText, Fault, Locator, Loudness, OutputChoice, OutputState, PlayId, SoundFormat, Volume,
};

/// An order to the player. Orders are taken in the order they come and never wait for I/O.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Play this in place of whatever is loaded.
    Load {
        /// Comes back in every report about it.
        play_id: PlayId,
        /// Where the bytes are.
        locator: Locator,
        /// What was measured of it before, in case its tags do not tell.
        known: Option<Loudness>,
        /// How far in to start.
        start: Duration,
        /// Stay silent until [`Command::Resume`].
        paused: bool,
    },
    /// Play this without a gap when the loaded track has ended; replaces what was appended before.
    Append {
        /// Comes back in every report about it.
        play_id: PlayId,
        /// Where the bytes are.
        locator: Locator,
        /// As for [`Command::Load`].
        known: Option<Loudness>,
        /// It may come while the loaded track goes, where the listener wants that.
        blends: bool,
    },
    /// Forget what was appended and is not yet heard.
    DropAppended,
    /// Hold the sound.
    Pause,
    /// Go on.
    Resume,
    /// Let the sound become softer until it is silent, over this time. It is loud again when it goes on
    /// after a pause, or is told to.
    FadeOut(Duration),
    /// As loud as before the fade.
    FadeIn,
    /// Unload everything.
    Stop,
    /// Move within the heard track.
    Seek(Duration),
    /// Set the loudness.
    Volume {
        /// 0 to 100 percent.
        volume: Volume,
        /// Silent for now.
        muted: bool,
    },
    /// Whether what comes is in no order, for tracks that begin from now on.
    Shuffled(bool),
    /// Shape the sound so.
    Shape(SoundSettings),
    /// Send the sound elsewhere.
    Output(OutputChoice),
}

/// What the player tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// The ear has reached the first sample of a track.
    Started {
        /// Which attempt.
        play_id: PlayId,
        /// What is heard.
        format: SoundFormat,
        /// The track's length, where known.
        length: Option<Duration>,
    },
    /// The track is decoded to its end or nearly so; time to append the next.
    WantsNext {
        /// Which attempt.
        play_id: PlayId,
    },
    /// The ear has heard the last sample of a track, or the first of the next one while this one goes.
    Ended {
        /// Which attempt.
        play_id: PlayId,
    },
    /// A track cannot go on (or not begin).
    Failed {
        /// Which attempt.
        play_id: PlayId,
        /// Why.
        fault: Fault,
    },
    /// Trouble that playing survived.
    Troubled {
        /// Which attempt.
        play_id: PlayId,
        /// What happened.
        fault: Fault,
    },
    /// A track without tags of its loudness was taken in whole, from its first sample to its last: this is
    /// how loud it is. Told only while loudness is evened out, and before `Ended`.
    Measured {
        /// Which attempt.
        play_id: PlayId,
        /// What was measured.
        loudness: Loudness,
    },
    /// Nothing comes in, and it is asked for again; or something does again.
    Snagged {
        /// Which attempt.
        play_id: PlayId,
        /// Why nothing comes; `None`: it comes.
        why: Option<CleanText>,
    },
    /// A station tells what it plays.
    Titled {
        /// Which attempt.
        play_id: PlayId,
        /// In the station's words; empty when it has none.
        title: CleanText,
    },
    /// The sound goes elsewhere, or nowhere.
    Output(OutputState),
}

/// What the player does at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlayerState {
    /// Nothing is loaded.
    #[default]
    Stopped,
    /// Samples reach the output.
    Playing,
    /// The listener paused.
    Paused,
    /// Samples are waited for.
    Buffering,
}

/// What is heard at one moment, and the sums since the start. Only the newest matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// The attempt that is heard.
    pub play_id: Option<PlayId>,
    /// How far into its track the ear is: frames handed to the device less its latency.
    pub position: Duration,
    /// Whether the ear is only about there: the file does not say where its places are.
    pub is_about: bool,
    /// Whether it goes on without an end.
    pub is_live: bool,
    /// The track's length, where known.
    pub length: Option<Duration>,
    /// Sound ready beyond the ear.
    pub buffered: Duration,
    /// Bytes a second that came in over the last second or so.
    pub bytes_per_second: u64,
    /// What the player does.
    pub state: PlayerState,
    /// Whether what is heard is bit for bit what was decoded.
    pub exact: bool,
    /// By how many decibels the loudness of what is heard is evened out: `ReplayGain`, or what stands in for it.
    pub level_db: f32,
    /// Frames of music handed to the output since the player started.
    pub frames_heard: u64,
    /// Times the output ran dry while it should have played.
    pub underruns: u64,
    /// Requests tried again.
    pub retries: u64,
    /// Times another HLS variant was chosen.
    pub variant_switches: u64,
}
