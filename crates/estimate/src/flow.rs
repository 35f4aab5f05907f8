use crate::table::Count;
use serde::{Deserialize, Serialize};

/// Counts along layers: from where, through where, to where. Each unit passes every layer
/// once, so what enters a node leaves it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// The layers, in the order of time.
    pub layers: Vec<Layer>,
    /// The links between neighbouring layers.
    pub links: Vec<Link>,
}

/// One layer of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// What the layer is.
    pub title: String,
    /// Its nodes.
    pub nodes: Vec<String>,
    /// Whether each node is one institution.
    pub is_institutions: bool,
}

/// A link from a node of one layer to a node of the next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Position of the layer it leaves.
    pub layer: usize,
    /// Node it leaves.
    pub from: usize,
    /// Node of the next layer that it enters.
    pub to: usize,
    /// How many pass.
    pub count: Count,
}
