//! What the sandbox's services accept, named as in the settings. Made up, and worth nothing elsewhere.

/// Credentials of all four services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// `[services.audius]`.
    pub audius: AudiusCredentials,
    /// `[services.audiomack]`.
    pub audiomack: AudiomackCredentials,
    /// `[services.yourmusic]`.
    pub yourmusic: YourMusicCredentials,
    /// `[services.audiosocket]`.
    pub audiosocket: AudiosocketCredentials,
}

/// Audius: any app name will do, and no key is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudiusCredentials {
    /// Sent with every request.
    pub app_name: &'static str,
    /// Optional; when one is sent it must be this one.
    pub api_key: &'static str,
}

/// Audiomack: OAuth 1.0a.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudiomackCredentials {
    /// Names the client.
    pub consumer_key: &'static str,
    /// Signs for it.
    pub consumer_secret: &'static str,
    /// Names the user, where one is needed.
    pub access_token: &'static str,
    /// Signs for them.
    pub access_token_secret: &'static str,
}

/// YourMusic: client credentials and whom the client acts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YourMusicCredentials {
    /// The tenant's slug.
    pub tenant: &'static str,
    /// Names the client.
    pub client_id: &'static str,
    /// Belongs to the client id.
    pub client_secret: &'static str,
    /// The user there is from the start, a UUID.
    pub user_id: &'static str,
    /// Any UUID is taken; this is one.
    pub device_id: &'static str,
    /// That user's e-mail address. Every other one is a new listener's.
    pub email: &'static str,
    /// The code that signs anybody in, after it was asked for: five digits, the first a zero. No e-mail is
    /// sent.
    pub otp_code: &'static str,
    /// What there is to buy.
    pub product_slug: &'static str,
}

/// Audiosocket: a token, or the site's own and a listener's sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudiosocketCredentials {
    /// Sent as `Authorization: Bearer TOKEN`, by partners as `X-Audiosocket-Token: TOKEN`.
    pub token: &'static str,
    /// The web site's own, sent as `Authorization` without a scheme.
    pub app_token: &'static str,
    /// The one listener's.
    pub email: &'static str,
    /// Belongs to the e-mail address.
    pub password: &'static str,
}

/// The only set there is.
pub(super) const CREDENTIALS: Credentials = Credentials {
    audius: AudiusCredentials { app_name: "segue", api_key: "sandbox-audius-key" },
    audiomack: AudiomackCredentials {
        consumer_key: "sandbox-consumer",
        consumer_secret: "sandbox consumer/secret+",
        access_token: "sandbox-access-token",
        access_token_secret: "sandbox access&secret",
    },
    yourmusic: YourMusicCredentials {
        tenant: "sandbox-records",
        client_id: "sandbox-client",
        client_secret: "sandbox-client-secret",
        user_id: "0b7c6d0e-5a4f-4d0b-9d0c-5e60e0a1b2c3",
        device_id: "a9b66a51-3cb6-4e66-bb94-675e83380fe5",
        email: "ada@example.net",
        otp_code: "01372",
        product_slug: "premium-monthly",
    },
    audiosocket: AudiosocketCredentials {
        token: "sandboxtokensandboxtoken1",
        app_token: "sandbox.app.jwt",
        email: "ada@example.net",
        password: "sandbox pass&word",
    },
};
