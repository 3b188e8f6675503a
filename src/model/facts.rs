//! What a file's tags say of a track and no row shows.

use std::sync::Arc;

use super::catalogue::Kind;
use super::item::Collection;
use super::text::CleanText;
use super::track::Track;

/// What a track's row does not show and a file's tags do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its place on the album, from 1.
    pub number: Option<u32>,
    /// Which disc of the album, from 1.
    pub disc: Option<u32>,
    /// When it came out.
    pub year: Option<u16>,
    /// What it is.
    pub genre: Option<CleanText>,
    /// Whose the album is.
    pub album_artist: Option<CleanText>,
    /// Its words, with line breaks: this goes into a file and onto no screen.
    pub lyrics: Option<String>,
    /// The source says that a copy from there leaves nothing of the sound out.
    pub is_lossless: bool,
}

fn fill<T: Clone>(mine: &mut Option<T>, theirs: Option<&T>) {
    if mine.is_none() {
        *mine = theirs.cloned();
    }
}

impl Facts {
    /// Takes over what is not known here.
    pub fn fill_from(&mut self, other: &Self) {
        fill(&mut self.number, other.number.as_ref());
        fill(&mut self.disc, other.disc.as_ref());
        fill(&mut self.year, other.year.as_ref());
        fill(&mut self.genre, other.genre.as_ref());
        fill(&mut self.album_artist, other.album_artist.as_ref());
        fill(&mut self.lyrics, other.lyrics.as_ref());
        self.is_lossless |= other.is_lossless;
    }
}

impl Track {
    /// Takes over what goes into a file and is not known here of what its source tells of the same track.
    pub fn fill_from(&mut self, told: &Self) {
        if self.artists.is_empty() {
            self.artists.clone_from(&told.artists);
        }
        fill(&mut self.album, told.album.as_ref());
        fill(&mut self.isrc, told.isrc.as_ref());
        fill(&mut self.artwork, told.artwork.as_ref());
        fill(&mut self.link, told.link.as_ref());
        match (&mut self.facts, &told.facts) {
            (Some(mine), Some(theirs)) => Arc::make_mut(mine).fill_from(theirs),
            (mine, theirs) => fill(mine, theirs.as_ref()),
        }
    }
}

impl Collection {
    /// An album lends what its tracks do not tell themselves: its title, artist, year and picture; and where none of them has a
    /// number, that of its place. `tracks` are all of it.
    pub fn lend(&self, tracks: &mut [Track]) {
        if self.reference.kind != Kind::Album {
            return;
        }
        let number = |track: &Track| track.facts.as_ref().and_then(|facts| facts.number);
        let are_numbered = tracks.iter().any(|track| number(track).is_some());
        for (track, place) in tracks.iter_mut().zip(1..) {
            fill(&mut track.album, Some(&self.title));
            fill(&mut track.artwork, self.artwork.as_ref());
            let lent = Facts {
                number: (!are_numbered).then_some(place),
                year: self.year,
                album_artist: self.by.clone(),
                ..Facts::default()
            };
            Arc::make_mut(track.facts.get_or_insert_default()).fill_from(&lent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ItemRef;

    fn track(id: u32) -> Track {
        Track::new(format!("audius:track:{id}").parse().unwrap(), format!("Track {id}"))
    }

    fn of(track: &Track) -> Facts {
        track.facts.as_deref().cloned().unwrap_or_default()
    }

    #[test]
    fn an_album_lends_what_its_tracks_do_not_tell() {
        let reference: ItemRef = "audius:album:7".parse().unwrap();
        let mut album = Collection::new(reference.clone(), "Tides");
        (album.by, album.year) = (Some("Ada Cole".into()), Some(2026));
        let mut tracks = [track(1), track(2)];
        tracks[1].album = Some("Other".into());
        tracks[1].facts = Some(Arc::new(Facts { year: Some(1999), ..Facts::default() }));
        album.lend(&mut tracks);
        assert_eq!(tracks[0].album.as_ref().unwrap().as_str(), "Tides");
        assert_eq!(tracks[1].album.as_ref().unwrap().as_str(), "Other");
        let facts = tracks.each_ref().map(of);
        assert_eq!(
            facts.each_ref().map(|facts| (facts.number, facts.year)),
            [(Some(1), Some(2026)), (Some(2), Some(1999))]
        );
        assert_eq!(facts[1].album_artist, Some("Ada Cole".into()));
        // Numbers of its own are not mixed with places.
        let mut numbered = [track(1), track(2)];
        numbered[1].facts = Some(Arc::new(Facts { number: Some(1), ..Facts::default() }));
        album.lend(&mut numbered);
        assert_eq!(numbered.each_ref().map(|track| of(track).number), [None, Some(1)]);
        // A playlist is no album.
        let mut rows = [track(1)];
        let list = Collection::new(ItemRef { kind: Kind::Playlist, ..reference }, "Mix");
        list.lend(&mut rows);
        assert_eq!(rows, [track(1)]);
    }

    #[test]
    fn what_is_known_stays_and_the_rest_is_filled() {
        let mut mine = Track { isrc: Some("FIXYZ2600001".into()), ..track(1) };
        let theirs = Facts { number: Some(3), genre: Some("Folk".into()), ..Facts::default() };
        let told = Track {
            isrc: Some("FIXYZ2600002".into()),
            album: Some("Tides".into()),
            facts: Some(Arc::new(theirs.clone())),
            ..track(1)
        };
        mine.fill_from(&told);
        assert_eq!(mine.isrc, Some("FIXYZ2600001".into()));
        assert_eq!((mine.album.clone(), of(&mine)), (told.album.clone(), theirs));
        mine.facts = Some(Arc::new(Facts { number: Some(9), ..Facts::default() }));
        mine.fill_from(&told);
        assert_eq!((of(&mine).number, of(&mine).genre), (Some(9), Some("Folk".into())));
    }
}
