//! The keys that one worker leaves to those that wait to take over: in memory, and on no disk.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::MessagePort;

/// What this worker was left, and what it leaves. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Bequest {
    inherited: Option<JsValue>,
    /// The key for the heirs, and null while there is none.
    left: Rc<RefCell<Option<JsValue>>>,
    heirs: Rc<RefCell<Vec<Rc<MessagePort>>>>,
}

impl Bequest {
    pub(super) fn inheriting(key: JsValue) -> Self {
        Self { inherited: Some(key), ..Self::default() }
    }

    pub(super) fn inherited(&self) -> Option<&JsValue> {
        self.inherited.as_ref()
    }

    /// Leaves this key, in place of any other, to all who wait and will wait.
    pub(super) fn leave(&self, key: JsValue) {
        for heir in &*self.heirs.borrow() {
            tell(heir, &key);
        }
        self.left.replace(Some(key));
    }

    pub(super) fn add_heir(&self, port: MessagePort) -> Heir {
        if let Some(key) = &*self.left.borrow() {
            tell(&port, key);
        }
        let port = Rc::new(port);
        self.heirs.borrow_mut().push(port.clone());
        Heir { port, heirs: self.heirs.clone() }
    }
}

/// Somebody who waits, as long as this is kept.
#[derive(Debug)]
pub struct Heir {
    port: Rc<MessagePort>,
    heirs: Rc<RefCell<Vec<Rc<MessagePort>>>>,
}

impl Drop for Heir {
    fn drop(&mut self) {
        self.heirs.borrow_mut().retain(|heir| !Rc::ptr_eq(heir, &self.port));
        self.port.close();
    }
}

/// Sends a `Bequest` of `protocol.ts`. A port whose other end is gone takes it, and nobody reads it.
fn tell(heir: &MessagePort, key: &JsValue) {
    let bequest = Object::new();
    Reflect::set(&bequest, &"key".into(), key).expect("a fresh object takes any key");
    heir.post_message(&bequest).expect("a key can be handed to another worker");
}
