//! Equaliser, balance, mono, speed and silences while it plays.

use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::config::{SoundSettings, Speed};

/// What a key press moves the balance by, in percent.
const BALANCE_STEP: i8 = 10;

/// What a key press changes the speed by, in percent points.
const SPEED_STEP: i8 = 5;

impl State {
    pub(in crate::app) fn next_preset(&mut self) -> Vec<Effect> {
        let equaliser = self.playback.sound.equaliser.next(self.playback.own_bands);
        let words = format!("Equaliser: {}", equaliser.title());
        self.shape(SoundSettings { equaliser, ..self.playback.sound }, words)
    }

    pub(in crate::app) fn toggle_mono(&mut self) -> Vec<Effect> {
        let mono = !self.playback.sound.mono;
        let words = if mono { "All channels are heard as one" } else { "Each channel is heard by itself" };
        self.shape(SoundSettings { mono, ..self.playback.sound }, words.to_owned())
    }

    /// Moves the balance to the right, or with a negative `direction` to the left.
    pub(in crate::app) fn change_balance(&mut self, direction: i8) -> Vec<Effect> {
        let balance = self.playback.sound.balance.saturating_add(BALANCE_STEP.saturating_mul(direction));
        let balance = balance.clamp(-100, 100);
        let words = format!("Balance: {}", balance_title(balance));
        self.shape(SoundSettings { balance, ..self.playback.sound }, words)
    }

    /// A step faster, or with a negative `direction` slower.
    pub(in crate::app) fn change_speed(&mut self, direction: i8) -> Vec<Effect> {
        let before = self.playback.sound.speed;
        let speed = before.change(SPEED_STEP.saturating_mul(direction));
        if speed == before {
            return self.tell(Level::Info, format!("Speed: {speed}, and no further"));
        }
        self.set_speed(speed)
    }

    pub(in crate::app) fn set_speed(&mut self, speed: Speed) -> Vec<Effect> {
        self.shape(SoundSettings { speed, ..self.playback.sound }, format!("Speed: {speed}"))
    }

    pub(in crate::app) fn toggle_skip_silence(&mut self) -> Vec<Effect> {
        let skip_silence = !self.playback.sound.skip_silence;
        let words =
            if skip_silence { "Long silences are shortened" } else { "Silences stay as long as they are" };
        self.shape(SoundSettings { skip_silence, ..self.playback.sound }, words.to_owned())
    }

    pub(in crate::app) fn toggle_spectrum(&mut self) -> Vec<Effect> {
        let shows = !self.playback.shows_spectrum;
        self.playback.shows_spectrum = shows;
        self.playback.spectrum = None;
        vec![Effect::Watch(shows)]
    }

    /// How keys have shaped the sound, and how it was configured then; two empty words where it is as configured.
    pub(in crate::app) fn sound_left(&self) -> (String, String) {
        let (chosen, configured) = (self.playback.sound.to_word(), self.playback.sound_configured.to_word());
        if chosen == configured { Default::default() } else { (chosen, configured) }
    }

    /// Shapes the sound as keys did last time, unless the configuration was changed since.
    pub(in crate::app) fn shape_as_left(&mut self, chosen: &str, configured: &str) -> Vec<Effect> {
        let now = self.playback.sound;
        match SoundSettings::from_word(chosen, self.playback.own_bands) {
            Some(sound) if configured == now.to_word() => {
                self.playback.sound = SoundSettings { speed: now.speed, ..sound };
                vec![Effect::Shape(self.playback.sound)]
            }
            Some(_) | None => Vec::new(),
        }
    }

    fn shape(&mut self, sound: SoundSettings, words: String) -> Vec<Effect> {
        self.playback.sound = sound;
        let mut effects = vec![Effect::Shape(sound)];
        effects.extend(self.tell(Level::Info, words));
        effects
    }
}

/// As the screen says it.
fn balance_title(balance: i8) -> String {
    match balance {
        0 => "middle".to_owned(),
        1.. => format!("right {balance}"),
        i8::MIN..0 => format!("left {}", balance.unsigned_abs()),
    }
}

/// What is done to the sound, in words; none where it stays as it is.
pub fn shape_titles(sound: &SoundSettings) -> Vec<String> {
    let equaliser = sound.equaliser.gains_db().map(|_| format!("eq {}", sound.equaliser.title()));
    let balance = (sound.balance != 0).then(|| balance_title(sound.balance));
    let mono = sound.mono.then(|| "mono".to_owned());
    let speed = (!sound.speed.is_normal()).then(|| sound.speed.to_string());
    let silence = sound.skip_silence.then(|| "skips silence".to_owned());
    speed.into_iter().chain(equaliser).chain(balance).chain(mono).chain(silence).collect()
}
