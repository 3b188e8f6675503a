//! Every call of YourMusic's document. It names no path, so each is a guess that the configuration can replace
//! under `[services.yourmusic.paths]` by the call's key.

use crate::catalog::address::Operation;

const fn operation(key: &'static str, path: &'static str, words: &'static str) -> Operation {
    Operation { key, path, words }
}

pub(super) const HEARTBEAT: Operation = operation("heartbeat", "/heartbeat", "asking for a sign of life");
pub(super) const AGGREGATOR: Operation =
    operation("aggregator_status", "/aggregator/status", "asking for the catalogue's state");

pub(super) const OAUTH_TOKEN: Operation = operation("oauth_token", "/oauth/token", "signing in as a client");
pub(super) const UDT: Operation = operation("udt", "/users/{user_id}/udt", "signing in as a user");
pub(super) const USERS: Operation = operation("users", "/users", "listing users");
pub(super) const USER_CREATE: Operation = operation("user_create", "/users", "making a user");
pub(super) const USER: Operation = operation("user", "/users/{user_id}", "reading a user");
pub(super) const USER_UPDATE: Operation = operation("user_update", "/users/{user_id}", "changing a user");

pub(super) const OTP_SEND: Operation = operation("otp_send", "/auth/otp/send", "sending a code");
pub(super) const OTP_VERIFY: Operation = operation("otp_verify", "/auth/otp/verify", "checking a code");
pub(super) const ONBOARD: Operation = operation("onboard", "/auth/onboarding", "signing up");
pub(super) const REFRESH: Operation = operation("refresh", "/auth/refresh", "renewing the sign-in");
pub(super) const LOGOUT: Operation = operation("logout", "/auth/logout", "signing out");

pub(super) const ME: Operation = operation("me", "/me", "reading your profile");
pub(super) const ME_UPDATE: Operation = operation("me_update", "/me", "changing your profile");
pub(super) const CHECKOUT: Operation = operation("checkout", "/checkout", "opening the checkout");
pub(super) const HOME: Operation = operation("home", "/home", "reading the home page");

pub(super) const PLAYLIST_SEARCH: Operation =
    operation("playlist_search", "/playlists/search", "searching playlists");
pub(super) const PLAYLISTS: Operation = operation("playlists", "/playlists", "reading your playlists");
pub(super) const PLAYLIST_CREATE: Operation = operation("playlist_create", "/playlists", "making a playlist");
pub(super) const PLAYLIST: Operation =
    operation("playlist", "/playlists/{playlist_id}", "reading a playlist's title");
pub(super) const PLAYLIST_UPDATE: Operation =
    operation("playlist_update", "/playlists/{playlist_id}", "changing a playlist");
pub(super) const PLAYLIST_TRACKS: Operation =
    operation("playlist_tracks", "/playlists/{playlist_id}/tracks", "reading a playlist");
pub(super) const PLAYLIST_ADD: Operation =
    operation("playlist_add", "/playlists/{playlist_id}/tracks", "adding to a playlist");
pub(super) const PLAYLIST_REPLACE: Operation =
    operation("playlist_replace", "/playlists/{playlist_id}/tracks", "replacing a playlist's tracks");
pub(super) const PLAYLIST_REORDER: Operation = operation(
    "playlist_reorder",
    "/playlists/{playlist_id}/tracks/{playlistTrackId}",
    "moving a track in a playlist",
);

pub(super) const ARTIST_SEARCH: Operation =
    operation("artist_search", "/artists/search", "searching artists");
pub(super) const ARTIST: Operation = operation("artist", "/artists/{artist_id}", "reading an artist");
pub(super) const ARTIST_RELEASES: Operation =
    operation("artist_releases", "/artists/{artist_id}/releases", "reading an artist's releases");
pub(super) const ARTIST_BROWSE: Operation =
    operation("artist_browse", "/artists/browse", "listing artists by letter");
pub(super) const RELEASE_SEARCH: Operation =
    operation("release_search", "/releases/search", "searching releases");
pub(super) const RELEASE: Operation = operation("release", "/releases/{release_id}", "reading a release");
pub(super) const RELEASE_TRACKS: Operation =
    operation("release_tracks", "/releases/{release_id}/tracks", "reading a release's tracks");
pub(super) const RELEASE_BATCH: Operation =
    operation("release_batch", "/releases/batch", "reading several releases");
pub(super) const TRACK_SEARCH: Operation = operation("track_search", "/tracks/search", "searching tracks");
pub(super) const TRACK: Operation = operation("track", "/tracks/{track_id}", "reading a track");
pub(super) const TRACK_BATCH: Operation = operation("track_batch", "/tracks/batch", "reading several tracks");
pub(super) const STREAM: Operation = operation("stream", "/stream/{stream_id}", "opening a stream");
