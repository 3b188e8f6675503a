//! What Audiosocket can be asked, in each of its three generations. The paths of the first are guesses, so
//! all of them are data that the configuration can replace.

use crate::catalog::address::Operation;
use crate::config::AudiosocketProfile;

/// One call and its path in each generation; an empty one: it has no such call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    key: &'static str,
    words: &'static str,
    bearer: &'static str,
    v5: &'static str,
    consumer: &'static str,
}

impl Call {
    /// The call in a generation, if it has it.
    pub(super) fn of(&self, profile: AudiosocketProfile) -> Option<Operation> {
        let path = match profile {
            AudiosocketProfile::Bearer => self.bearer,
            AudiosocketProfile::V5 => self.v5,
            AudiosocketProfile::Consumer => self.consumer,
        };
        (!path.is_empty()).then_some(Operation { key: self.key, path, words: self.words })
    }
}

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $words:literal, $bearer:expr, $v5:expr, $consumer:expr;)*) => {
        $($(#[$doc])* pub(super) const $name: Call =
            Call { key: $key, words: $words, bearer: $bearer, v5: $v5, consumer: $consumer };)*
        /// All of them.
        #[cfg(test)]
        pub(super) const ALL: &[Call] = &[$($name),*];
    };
}

calls! {
    /// Searches, and lists everything by age.
    TRACKS = "tracks", "searching tracks",
        "/tracks?query={query}&filters={filters}&order_by={order_by}&direction={direction}&explicit={explicit}&exclude_vocals={exclude_vocals}&duration_start={from}&duration_end={to}&page={page}&per_page={per_page}",
        "/tracks?q={query}&p={page}&pp={per_page}",
        "/consumer/tracks?query={query}&filters={filters}&order_by={order_by}&direction={direction}&explicit={explicit}&exclude_vocals={exclude_vocals}&duration_start={from}&duration_end={to}&page={page}&per_page={per_page}&pagination=true";
    /// One track.
    TRACK = "track", "reading a track", "/tracks/{id}", "/tracks/{id}", "/consumer/tracks/{id}";
    /// Tracks like another one.
    SIMILAR = "similar", "looking for similar tracks",
        "/tracks/{id}/similar?page={page}&per_page={per_page}", "",
        "/consumer/tracks/similar_tracks?aims_id={aims_id}&page={page}&per_page={per_page}&pagination=true";
    /// Where a track's sound is, if the track itself does not say.
    TRACK_STREAM = "track_stream", "asking for a stream",
        "/tracks/{id}/stream", "/tracks/{id}.mp3/url?lifetime=40000", "";
    /// Where the file to keep is, if the track itself does not say.
    TRACK_DOWNLOAD = "track_download", "asking for a download",
        "/tracks/{id}/download?format={format}", "/tracks/{id}.mp3/url?lifetime=40000", "";
    /// All albums.
    ALBUMS = "albums", "reading the albums",
        "/albums?page={page}&per_page={per_page}", "/albums?p={page}&pp={per_page}", "";
    /// One album.
    ALBUM = "album", "reading an album", "/albums/{id}", "/albums/{id}", "";
    /// What is on it.
    ALBUM_TRACKS = "album_tracks", "reading an album's tracks",
        "/albums/{id}/tracks?page={page}&per_page={per_page}", "/albums/{id}/tracks?p={page}&pp={per_page}", "";
    /// All artists.
    ARTISTS = "artists", "reading the artists",
        "/artists?page={page}&per_page={per_page}", "/artists?p={page}&pp={per_page}", "";
    /// One artist.
    ARTIST = "artist", "reading an artist", "/artists/{id}", "/artists/{id}", "";
    /// What they made.
    ARTIST_TRACKS = "artist_tracks", "reading an artist's tracks",
        "/artists/{id}/tracks?page={page}&per_page={per_page}", "/artists/{id}/tracks?p={page}&pp={per_page}",
        "/consumer/tracks/artist_tracks?id={id}&page={page}&per_page={per_page}&pagination=true";
    /// Their albums.
    ARTIST_ALBUMS = "artist_albums", "reading an artist's albums",
        "/artists/{id}/albums?page={page}&per_page={per_page}", "/artists/{id}/albums?p={page}&pp={per_page}", "";
    /// The tree of genres, moods and so on.
    FILTERS = "filters", "reading the genres and moods", "/filters/track_filters", "", "/filters/track_filters";
    /// The curated playlists.
    PLAYLISTS = "playlists", "reading the playlists",
        "/curated_playlists?query={query}&filters={filters}&featured={featured}&page={page}&per_page={per_page}", "",
        "/consumer/curated_playlists?query={query}&filters={filters}&featured={featured}&page={page}&per_page={per_page}";
    /// Those that many listen to.
    TRENDING = "trending_playlists", "reading the trending playlists",
        "", "", "/consumer/curated_playlists/trending_playlists?page={page}&per_page={per_page}";
    /// What the curated playlists are about.
    CATEGORIES = "playlist_categories", "reading the playlists' categories",
        "", "", "/consumer/curated_playlists/categories";
    /// A curated playlist.
    PLAYLIST = "playlist", "reading a playlist", "/curated_playlists/{id}", "", "/consumer/curated_playlists/{id}";
    /// What is in it.
    PLAYLIST_TRACKS = "playlist_tracks", "reading a playlist's tracks",
        "/curated_playlists/{id}/playlist_tracks?klass=curated_playlist&page={page}&per_page={per_page}", "",
        "/consumer/curated_playlists/{id}/playlist_tracks?klass=curated_playlist&page={page}&per_page={per_page}&pagination=true";
    /// The listener's own playlists.
    MY_PLAYLISTS = "my_playlists", "reading your playlists",
        "/consumers_playlists?page={page}&per_page={per_page}", "",
        "/consumer/consumers_playlists?page={page}&per_page={per_page}";
    /// One of them.
    MY_PLAYLIST = "my_playlist", "reading your playlist",
        "/consumers_playlists/{id}", "", "/consumer/consumers_playlists/{id}";
    /// Puts one in order, or adds several tracks.
    MY_PLAYLIST_CHANGE = "my_playlist_change", "changing a playlist",
        "/consumers_playlists/{id}", "", "/consumer/consumers_playlists/{id}";
    /// Deletes one.
    MY_PLAYLIST_DELETE = "my_playlist_delete", "deleting a playlist",
        "/consumers_playlists/{id}", "", "/consumer/consumers_playlists/{id}";
    /// What is in it.
    MY_PLAYLIST_TRACKS = "my_playlist_tracks", "reading your playlist's tracks",
        "/consumers_playlists/{id}/playlist_tracks?klass=consumer_playlist&page={page}&per_page={per_page}&pagination={pagination}", "",
        "/consumer/consumers_playlists/{id}/playlist_tracks?klass=consumer_playlist&page={page}&per_page={per_page}&pagination={pagination}";
    /// Makes one.
    MY_PLAYLIST_CREATE = "my_playlist_create", "making a playlist",
        "/consumers_playlists", "", "/consumer/consumers_playlists";
    /// Gives one another name.
    MY_PLAYLIST_RENAME = "my_playlist_rename", "renaming a playlist",
        "/consumers_playlists/{id}/rename", "", "/consumer/consumers_playlists/{id}/rename";
    /// Adds to one.
    MY_PLAYLIST_ADD = "my_playlist_add", "adding to a playlist",
        "/consumers_playlists/{id}/add_media", "", "/consumer/consumers_playlists/{id}/add_media";
    /// Takes one place out of one.
    MY_PLAYLIST_REMOVE = "my_playlist_remove", "taking out of a playlist",
        "/consumers_playlists/{id}/playlist_tracks/{place}?klass=consumer_playlist", "",
        "/consumer/consumers_playlists/{id}/playlist_tracks/{place}?klass=consumer_playlist";
    /// Marks as a favourite.
    FAVORITE = "favorite", "adding a favourite",
        "/favorites_following/favorite", "", "/consumer/favorites_following/favorite";
    /// No longer.
    UNFAVORITE = "unfavorite", "removing a favourite",
        "/favorites_following/unfavorite", "", "/consumer/favorites_following/unfavorite";
    /// Follows.
    FOLLOW = "follow", "following", "/favorites_following/follow", "", "/consumer/favorites_following/follow";
    /// No longer.
    UNFOLLOW = "unfollow", "following no longer",
        "/favorites_following/unfollow", "", "/consumer/favorites_following/unfollow";
    /// Favourite tracks.
    FAVORITES = "favorites", "reading your favourites",
        "/favorites_following/favorite_tracks?page={page}&per_page={per_page}", "",
        "/consumer/favorites_following/favorite_tracks?page={page}&per_page={per_page}";
    /// Favourite sound effects.
    FAVORITE_SFXES = "favorite_sfxes", "reading your favourite sound effects",
        "/favorites_following/favorite_sfxes?page={page}&per_page={per_page}", "",
        "/consumer/favorites_following/favorite_sfxes?page={page}&per_page={per_page}";
    /// Artists that are followed.
    FOLLOWED_ARTISTS = "followed_artists", "reading whom you follow",
        "/favorites_following/followed_artists?page={page}&per_page={per_page}", "",
        "/consumer/favorites_following/followed_artists?page={page}&per_page={per_page}";
    /// Curated playlists that are followed or favourites.
    MARKED_PLAYLISTS = "favorited_followed_playlists", "reading your marked playlists",
        "/favorites_following/favorited_followed_playlists?type={type}&page={page}&per_page={per_page}", "",
        "/consumer/favorites_following/favorited_followed_playlists?type={type}&page={page}&per_page={per_page}";
    /// What was downloaded.
    DOWNLOADS = "downloads", "reading your downloads",
        "/consumer_downloads?page={page}&per_page={per_page}", "",
        "/consumer/consumer_downloads?page={page}&per_page={per_page}";
    /// Sound effects that were.
    SFX_DOWNLOADS = "sfx_downloads", "reading your downloaded sound effects",
        "", "", "/consumer/sfxes/get_downloaded_sfxes?page={page}&per_page={per_page}";
    /// Says what a download was for.
    DOWNLOAD_TITLE = "download_title", "naming a download", "", "", "/consumer/consumer_downloads/{id}";
    /// Notes that a track is downloaded.
    NOTE_TRACK = "note_download", "noting a download", "", "", "/consumer/tracks/{id}/add_download_track";
    /// Notes that a sound effect is.
    NOTE_SFX = "note_sfx_download", "noting a download", "", "", "/consumer/sfxes/{id}/add_download_sfx";
    /// Sound effects.
    SFX = "sfx", "reading the sound effects",
        "/sfxes?page={page}&per_page={per_page}", "",
        "/consumer/sfxes?page={page}&per_page={per_page}&pagination=true";
    /// One of them.
    SFX_ONE = "sfx_one", "reading a sound effect", "/sfxes/{id}", "", "/consumer/sfxes/{id}";
    /// Checks the token.
    PING = "ping", "checking the token",
        "/ping", "/ping", "/consumer/tracks?page=1&per_page=1&pagination=true";
    /// Signs a listener in.
    SESSION = "session", "signing in", "", "", "/consumer/session";
    /// Who the listener is.
    PROFILE = "profile", "reading your profile", "", "", "/consumer/consumers/show_profile";
    /// What they pay for.
    SUBSCRIPTION = "subscription", "reading your subscription", "", "", "/consumer/consumers/current_subscription";
    /// What the ids of genres and the like stand for.
    CONTEXT = "context", "reading what ids stand for", "", "/context", "";
}
