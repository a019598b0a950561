//! The owner of a key, and the credits left.

use serde::{Deserialize, Serialize};

use crate::lenient;

/// The caller, as reported by `GET /v2/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The user.
    pub user: User,
    /// The team whose credits are used; `None` for a user without a team.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub team: Option<Team>,
    /// The key used for the request; `None` when the request was not made with a key.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub api_key: Option<MeKey>,
}

/// A user with an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The id, a UUID by the schema.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub id: String,
    /// The email address they sign in with.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub email: String,
    /// `OWNER`, `ADMIN`, `MEMBER` or another value.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub role: String,
}

/// A team, which owns the credits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Team {
    /// The id, a UUID by the schema.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub id: String,
    /// The team's name.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Credits left; `None` if the server does not say, which is not the same as zero.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub credits: Option<i64>,
    /// The plan's name.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub plan: String,
    /// The id at the payment provider.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub customer_id: Option<String>,
}

/// What the server says about a key. Never the key itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeKey {
    /// The id, a UUID by the schema.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub id: String,
    /// The name its owner gave it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Its first characters.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub prefix: String,
}
