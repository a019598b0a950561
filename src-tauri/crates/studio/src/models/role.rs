//! What the files that a clip is made from are for.

/// What a file is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    Start,
    Between,
    End,
    References,
    Videos,
    Sounds,
}

impl Role {
    /// All of them, in the order in which they are uploaded.
    pub const ALL: [Self; 6] = [
        Self::Start,
        Self::Between,
        Self::End,
        Self::References,
        Self::Videos,
        Self::Sounds,
    ];

    /// The id of the part.
    #[must_use]
    pub const fn part(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Between => "between",
            Self::End => "end",
            Self::References => "references",
            Self::Videos => "videos",
            Self::Sounds => "sounds",
        }
    }

    /// The role of this part.
    #[must_use]
    pub fn of(part: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.part() == part)
    }
}
