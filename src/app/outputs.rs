//! Where the sound goes: the list to choose from, and what is done when a device goes away.

use super::effect::Effect;
use super::event::PlayState;
use super::list::List;
use super::notices::Level;
use super::state::{Overlay, State};
use crate::config::Unplugged;
use crate::model::{CleanText, Fault, OutputChoice, OutputState, SoundDevice};

/// The outputs, open over a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Outputs {
    /// What can be chosen; only the first while the devices are looked for.
    pub rows: Vec<OutputRow>,
    /// Cursor over `rows`.
    pub list: List,
    /// Whether the devices are being looked for.
    pub waiting: bool,
    /// Why there are none.
    pub fault: Option<Fault>,
}

/// A place where the sound can go.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputRow {
    /// As the player takes it.
    pub choice: OutputChoice,
    /// As the screen says it.
    pub name: CleanText,
    /// Whether the sound goes there now.
    pub is_present: bool,
}

impl Outputs {
    fn new(present: &OutputChoice) -> Self {
        let mut outputs = Self { rows: Vec::new(), list: List::default(), waiting: true, fault: None };
        outputs.fill(present, Vec::new());
        outputs
    }

    fn fill(&mut self, present: &OutputChoice, devices: Vec<SoundDevice>) {
        let default = devices.iter().find(|device| device.is_default);
        let name = default.map_or("The system's default".into(), |its| {
            CleanText::new(format!("The system's default ({})", its.name))
        });
        let row = |choice: OutputChoice, name| OutputRow { is_present: choice == *present, choice, name };
        let device =
            |device: SoundDevice| row(OutputChoice::Device(device.name.as_str().to_owned()), device.name);
        self.rows = vec![row(OutputChoice::Auto, name)];
        self.rows.extend(devices.into_iter().map(device));
        // A part of a name will do in the configuration.
        if let OutputChoice::Device(part) = present
            && !self.rows.iter().any(|row| row.is_present)
            && let Some(row) =
                self.rows.iter_mut().skip(1).find(|row| row.name.as_str().contains(part.as_str()))
        {
            row.is_present = true;
        }
        self.list.set_len(self.rows.len());
    }
}

impl State {
    pub(super) fn open_outputs(&mut self) -> Vec<Effect> {
        self.overlays.clear();
        self.overlays.push(Overlay::Outputs(Outputs::new(&self.playback.choice)));
        vec![Effect::ListOutputs]
    }

    pub(super) fn outputs_listed(&mut self, result: Result<Vec<SoundDevice>, Fault>) -> Vec<Effect> {
        let height = self.list_height();
        if let Some(Overlay::Outputs(outputs)) = self.overlays.last_mut() {
            outputs.waiting = false;
            match result {
                Ok(devices) => outputs.fill(&self.playback.choice, devices),
                Err(fault) => outputs.fault = Some(fault),
            }
            let present = outputs.rows.iter().position(|row| row.is_present);
            outputs.list.go_to(present.unwrap_or_default(), height);
        }
        Vec::new()
    }

    /// Sends the sound where the cursor is.
    pub(super) fn choose_output(&mut self) -> Vec<Effect> {
        let Some(Overlay::Outputs(outputs)) = self.overlays.pop() else { return Vec::new() };
        let Some(row) = outputs.list.cursor().and_then(|row| outputs.rows.get(row)) else {
            return Vec::new();
        };
        if row.is_present {
            return self.tell(Level::Info, format!("Sound goes there already: {}", row.name));
        }
        self.playback.choice = row.choice.clone();
        let mut effects = vec![Effect::SetOutput(row.choice.clone())];
        effects.extend(
            self.tell(
                Level::Info,
                format!("Sound goes to: {} in this run; player.output is for all", row.name),
            ),
        );
        effects
    }

    pub(super) fn output_changed(&mut self, output: OutputState) -> Vec<Effect> {
        let sounds = matches!(self.playback.play_state(), PlayState::Playing | PlayState::Buffering);
        match (self.playback.output.replace(output.clone()), output) {
            (Some(OutputState::Playing { device, .. }), OutputState::NoDevice { reason })
                if sounds && self.playback.unplugged == Unplugged::Pause =>
            {
                let mut effects = self.pause();
                self.playback.lost = Some(device.clone());
                let why =
                    if reason.as_str().ends_with("is gone") { String::new() } else { format!(" ({reason})") };
                effects.extend(self.tell(Level::Warning, format!("Paused: {device} is gone{why}")));
                effects
            }
            (_, OutputState::NoDevice { reason }) => {
                let words = format!("No sound device: {reason}. Time passes in silence until there is one");
                self.tell(Level::Warning, words)
            }
            (Some(OutputState::NoDevice { .. }), OutputState::Playing { device, .. }) => {
                match self.playback.lost.take() {
                    // The very one that went away: as if nothing had been.
                    Some(lost) if lost == device => {
                        let mut effects = self.play();
                        effects.extend(self.tell(Level::Info, format!("{device} is back")));
                        effects
                    }
                    Some(_) => self.tell(Level::Info, format!("Paused. Sound would go to {device} now")),
                    None => self.tell(Level::Info, format!("Sound goes to {device}")),
                }
            }
            (Some(OutputState::Playing { device: before, .. }), OutputState::Playing { device, .. }) => {
                match &self.playback.choice {
                    // Only by itself does the sound go elsewhere than was chosen.
                    OutputChoice::Device(name) if !device.as_str().contains(name.as_str()) => {
                        let words = format!("{before} is gone. Sound goes to {device} until it is back");
                        self.tell(Level::Warning, words)
                    }
                    OutputChoice::Device(name) if !before.as_str().contains(name.as_str()) => {
                        self.tell(Level::Info, format!("Sound goes to {device}"))
                    }
                    _ => Vec::new(),
                }
            }
            (_, OutputState::Playing { .. }) => Vec::new(),
        }
    }
}
