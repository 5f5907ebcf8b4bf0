//! A registry under measurement.

use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::login::Login;
use anyhow::Result;
use std::sync::Arc;

/// A registry under measurement: where it is, who one is there, which process it is.
#[derive(Debug, Clone)]
pub struct Subject {
    /// How the report calls it.
    pub name: String,
    /// Where it answers, without a login.
    pub endpoint: Endpoint,
    /// The login, where it asks for one.
    pub login: Option<Login>,
    /// Its process, for processor time and memory.
    pub process: Option<u32>,
}

impl Subject {
    /// The endpoint with the right to pull from and push to some repositories.
    pub async fn authorized(&self, repositories: &[String]) -> Result<Arc<Endpoint>> {
        let Some(login) = &self.login else { return Ok(Arc::new(self.endpoint.clone())) };
        let scopes: Vec<String> = repositories.iter().map(|name| format!("repository:{name}:pull,push")).collect();
        let authorization = login.authorization(&self.endpoint, &scopes).await?;
        Ok(Arc::new(self.endpoint.with_authorization(Some(authorization))))
    }

    /// Clients with open connections and the right to pull from and push to some repositories.
    pub async fn clients(&self, count: usize, repositories: &[String]) -> Result<Vec<Client>> {
        self.connect(count, self.authorized(repositories).await?).await
    }

    /// Clients that send user and key with each request, as many do that skip the token.
    pub async fn basic_clients(&self, count: usize) -> Result<Vec<Client>> {
        let authorization = self.login.as_ref().map(Login::basic);
        self.connect(count, Arc::new(self.endpoint.with_authorization(authorization))).await
    }

    async fn connect(&self, count: usize, endpoint: Arc<Endpoint>) -> Result<Vec<Client>> {
        let mut clients = Vec::with_capacity(count);
        for _ in 0..count {
            clients.push(Client::connected(Arc::clone(&endpoint)).await?);
        }
        Ok(clients)
    }
}
