//! The services of a host, on their ports.

use super::services::{self, Work};
use super::{Live, Service};
use crate::stack::CallError;

/// Serves every connection that is made.
pub struct Server {
    ports: Vec<(Service, u16)>,
    work: Vec<(String, Work)>,
    room: Vec<u8>,
}

impl Server {
    /// Opens the ports.
    ///
    /// # Errors
    /// Names the port that is asked for twice.
    pub fn new(live: &mut Live, ports: &[(Service, u16)]) -> Result<Server, String> {
        for (_, port) in ports {
            live.listen(*port).map_err(|error| match error {
                CallError::AlreadyExists => format!("port {port} is asked for twice"),
                _ => format!("port {port}: {}", error),
            })?;
        }
        Ok(Server {
            ports: ports.to_vec(),
            work: Vec::new(),
            room: services::room(),
        })
    }

    /// Does all that can be done now, and tells of connections that begin and end.
    pub fn step(&mut self, live: &mut Live, log: &mut dyn FnMut(&str)) {
        for &(service, port) in &self.ports {
            while let Some(connection) = live.accept(port) {
                let who = match live.remote(connection) {
                    Some(remote) => format!("{}: {remote}", service.name()),
                    None => service.name().to_owned(),
                };
                log(&format!("{who}: connected"));
                self.work.push((who, Work::new(service, connection)));
            }
        }
        self.work.retain_mut(|(who, work)| {
            let over = work.step(live, &mut self.room);
            if over {
                live.release(work.connection());
                let how = match work.failed {
                    Some(error) => error.to_string(),
                    None => "closed".to_owned(),
                };
                let (received, sent) = (work.received, work.sent);
                log(&format!(
                    "{who}: {how}, {received} octets in, {sent} octets out"
                ));
            }
            !over
        });
    }
}
