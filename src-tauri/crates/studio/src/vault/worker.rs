//! A thread that blocks so that no other thread has to.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{io, thread};

use tokio::sync::oneshot;
use tokio::time::timeout;

type Work = Box<dyn FnOnce() + Send>;

/// A thread that answers one question after another. It starts with the first question and ends
/// with this value, or after its last answer if it was given up.
#[derive(Debug, Default)]
pub(super) struct Worker {
    thread: Mutex<Thread>,
}

#[derive(Debug, Default)]
struct Thread {
    /// Where its questions are sent; `None` before the first and after it was given up.
    questions: Option<Sender<Work>>,
    /// Counts the threads, so that a late question gives up its own thread and not a newer one.
    number: u64,
}

/// What work can find out about the question it answers.
pub(super) trait Question {
    /// Whether a caller still waits for the answer.
    fn is_open(&self) -> bool;
}

impl<T> Question for oneshot::Sender<T> {
    fn is_open(&self) -> bool {
        !self.is_closed()
    }
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// It did not arrive in time.
    TooLate,
    /// The thread could not be started or it panicked.
    Stopped,
}

impl Worker {
    /// Does `work` on the thread and waits for its result, at most this long. Work whose question
    /// was given up before it started is not started.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        patience: Duration,
        work: impl FnOnce(&dyn Question) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let (reply, answer) = oneshot::channel();
        let number = self
            .send(Box::new(move || {
                if reply.is_open() {
                    let result = work(&reply);
                    // If no caller waits any more, the work has already handled that.
                    let _ = reply.send(result);
                }
            }))
            .map_err(|_| Unanswered::Stopped)?;
        let unanswered = match timeout(patience, answer).await {
            Ok(Ok(result)) => return Ok(result),
            Ok(Err(_)) => Unanswered::Stopped,
            Err(_) => Unanswered::TooLate,
        };
        self.give_up(number);
        Err(unanswered)
    }

    /// Hands over work and returns the number of the thread that got it.
    fn send(&self, work: Work) -> io::Result<u64> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let work = match &thread.questions {
            Some(questions) => match questions.send(work) {
                Ok(()) => return Ok(thread.number),
                // The thread broke down after an answer; the work is returned.
                Err(returned) => returned.0,
            },
            None => work,
        };
        let (questions, received) = channel::<Work>();
        thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || received.into_iter().for_each(|work| work()))?;
        // The thread has just started to listen.
        questions
            .send(work)
            .map_err(|_| io::ErrorKind::BrokenPipe)?;
        thread.questions = Some(questions);
        thread.number += 1;
        Ok(thread.number)
    }

    fn give_up(&self, number: u64) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.number == number {
            thread.questions = None;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const LONG: Duration = Duration::from_mins(1);
    const SHORT: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn all_questions_go_to_one_thread_which_is_not_the_callers() {
        let worker = Worker::default();
        let here = thread::current().id();
        let first = worker.ask(LONG, |_| thread::current().id()).await.unwrap();
        let second = worker.ask(LONG, |_| thread::current().id()).await.unwrap();
        assert_eq!(first, second);
        assert_ne!(first, here);
    }

    #[tokio::test]
    async fn a_stuck_thread_is_given_up_and_the_next_question_answered_by_another() {
        let worker = Worker::default();
        let (release, stuck) = channel::<()>();
        let unanswered = worker.ask(SHORT, move |_| stuck.recv().is_ok()).await;
        assert_eq!(unanswered, Err(Unanswered::TooLate));
        assert_eq!(worker.ask(LONG, |_| "answered").await, Ok("answered"));
        release.send(()).unwrap();
    }

    #[tokio::test]
    async fn work_knows_when_nobody_waits_for_it_any_more() {
        let worker = Worker::default();
        let (release, stuck) = channel::<()>();
        let (tell, answers) = channel();
        let unanswered = worker
            .ask(SHORT, move |question| {
                tell.send(question.is_open()).unwrap();
                let _ = stuck.recv();
                tell.send(question.is_open()).unwrap();
            })
            .await;
        assert_eq!(unanswered, Err(Unanswered::TooLate));
        release.send(()).unwrap();
        assert!(answers.recv().unwrap());
        assert!(!answers.recv().unwrap());
    }

    #[tokio::test]
    async fn work_that_was_given_up_while_it_queued_is_never_begun() {
        let worker = Worker::default();
        let (release, stuck) = channel::<()>();
        let begun = Arc::new(AtomicBool::new(false));
        let mark = Arc::clone(&begun);
        let (first, second) = tokio::join!(
            worker.ask(SHORT, move |_| stuck.recv().is_ok()),
            worker.ask(SHORT, move |_| mark.store(true, Ordering::SeqCst)),
        );
        assert_eq!(first, Err(Unanswered::TooLate));
        assert_eq!(second, Err(Unanswered::TooLate));
        release.send(()).unwrap();
        // The given-up thread ends when it has nothing left to answer.
        thread::sleep(SHORT);
        assert!(!begun.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn work_that_breaks_down_is_told_and_the_next_question_answered() {
        let worker = Worker::default();
        let broken: Result<(), _> = worker.ask(LONG, |_| panic!("part of the test")).await;
        assert_eq!(broken, Err(Unanswered::Stopped));
        assert_eq!(worker.ask(LONG, |_| "answered").await, Ok("answered"));
    }
}
