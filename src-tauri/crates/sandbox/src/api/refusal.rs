//! Errors as the API sends them: `{"error": "…"}`, with more fields for some of them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::schema::Details;

/// An error answer.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Value,
    retry_after: Option<u64>,
}

impl Refusal {
    pub fn new(status: StatusCode, error: &str) -> Self {
        Self {
            status,
            body: json!({"error": error}),
            retry_after: None,
        }
    }

    /// The API's default message for a status.
    pub fn usual(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::new(status, "Invalid API key"),
            StatusCode::PAYMENT_REQUIRED => Self::credits(1, 0),
            StatusCode::FORBIDDEN => Self::new(status, "API key is inactive"),
            StatusCode::NOT_FOUND => Self::new(status, "Not found"),
            StatusCode::TOO_MANY_REQUESTS => Self::too_often(1),
            StatusCode::SERVICE_UNAVAILABLE => Self::new(status, "Service temporarily unavailable"),
            _ => Self::new(status, status.canonical_reason().unwrap_or("Error")),
        }
    }

    /// 400 with the errors by JSON path.
    pub fn invalid(details: &Details) -> Self {
        let body = json!({"error": "Validation failed", "details": details});
        Self {
            status: StatusCode::BAD_REQUEST,
            body,
            retry_after: None,
        }
    }

    /// 400 about one JSON path.
    pub fn invalid_at(path: &str, message: impl Into<String>) -> Self {
        Self::invalid(&Details::from([(path.to_owned(), vec![message.into()])]))
    }

    /// 402 with the credits required and available.
    pub fn credits(required: u32, available: i64) -> Self {
        let body = json!({
            "error": "Insufficient credits",
            "creditsRequired": required,
            "creditsAvailable": available,
        });
        Self {
            status: StatusCode::PAYMENT_REQUIRED,
            body,
            retry_after: None,
        }
    }

    /// 429, with the seconds to wait.
    pub fn too_often(seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded")
        }
    }

    /// 503: something in the sandbox itself failed.
    pub fn unavailable(why: &impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            &format!("Service temporarily unavailable: {why}"),
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut answer = (self.status, Json(self.body)).into_response();
        if let Some(seconds) = self.retry_after {
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}
