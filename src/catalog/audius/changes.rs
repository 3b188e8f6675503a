//! Changes a listener makes: marks, and who is followed. Playlists are a matter of their own.

use serde_json::Value;

use crate::catalog::CatalogError;
use crate::catalog::address::asked_id;
use crate::catalog::call::Asked;
use crate::model::{Change, ItemRef, Kind};
use crate::net::{Body, Method, Request};

use super::hosts::Route;
use super::reading::{Reading, named};
use super::session::{Session, Shape};
use super::{Audius, NAME};

impl Audius {
    /// Makes a change.
    pub(super) async fn make_change(&self, change: &Change) -> Result<Option<ItemRef>, CatalogError> {
        let hosts = &self.house()?.hosts;
        let _turn = hosts.gateway().caller.line.turn(change).await;
        let made = self.made(change).await;
        // Whatever came of it, what was read before may no longer be so.
        hosts.changed();
        made
    }

    async fn made(&self, change: &Change) -> Result<Option<ItemRef>, CatalogError> {
        match change {
            Change::Like { item, on } => self.mark(item, "favorites", *on).await.map(|()| None),
            Change::Repost { item, on } => self.mark(item, "reposts", *on).await.map(|()| None),
            Change::Follow { item, on } => self.follow(item, *on).await.map(|()| None),
            Change::CreatePlaylist { about, tracks } => self.create(about, tracks).await,
            Change::EditPlaylist { id, about } => self.edit(id, about).await.map(|()| None),
            Change::DeletePlaylist { id } => self.delete(id).await.map(|()| None),
            Change::AddToPlaylist { id, tracks } => self.add(id, tracks).await.map(|()| None),
            Change::ArrangePlaylist { id, before, after } => {
                self.arrange(id, before, after).await.map(|()| None)
            }
            Change::NoteDownloads { .. } => Err(lacks("list of downloads")),
        }
    }

    async fn mark(&self, item: &ItemRef, what: &str, on: bool) -> Result<(), CatalogError> {
        let (kind, path) = match item.kind {
            Kind::Track => ("track", format!("/tracks/{{id}}/{what}")),
            Kind::Album | Kind::Playlist => ("playlist", format!("/playlists/{{id}}/{what}")),
            Kind::Artist => return Err(lacks("such mark for artists; follow them")),
        };
        let method = if on { Method::POST } else { Method::DELETE };
        self.write(method, (kind, &path, &item.id), None).await.map(drop)
    }

    async fn follow(&self, item: &ItemRef, on: bool) -> Result<(), CatalogError> {
        if item.kind != Kind::Artist {
            return Err(lacks("way to follow anything but artists"));
        }
        let method = if on { Method::POST } else { Method::DELETE };
        let write = |path| self.write(method.clone(), ("artist", path, &item.id), None);
        match write("/users/{id}/follow").await {
            // As one older description has it.
            Err(CatalogError::NotFound { .. }) => write("/users/{id}/followers").await.map(drop),
            answer => answer.map(drop),
        }
    }

    /// A call that changes something: method; kind, path and id; body. Only the status of the answer counts,
    /// but who makes something may want to know what.
    pub(super) async fn write(
        &self,
        method: Method,
        (kind, path, id): (&str, &str, &str),
        body: Option<&Value>,
    ) -> Result<Value, CatalogError> {
        let asked = Asked::known("changing the library");
        let asked = if path.contains("{id}") {
            asked_id(NAME, kind, id)?;
            asked.thing(format!("{kind} {id}"))
        } else {
            asked
        };
        let house = self.house()?;
        let reading = Reading { asked, route: Route::Thing, path, id, query: Vec::new() };
        let plain = self.make(&reading, house.hosts.gateway())?;
        let body = body.map_or(Body::Empty, |body| Body::Json(body.to_string()));
        let plain = Request { method, body, ..plain };
        let make = |session: &Session| named(plain.clone(), session);
        house.account.call(&reading.asked, Shape::Any, &make).await.map(|kept| kept.value)
    }
}

pub(super) fn lacks(what: &str) -> CatalogError {
    CatalogError::Refused { service: NAME, reason: format!("it has no {what} here") }
}
