//! Reports a panic: the message and the stack to the console, one line to the window.

use js_sys::Function;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

/// Reports every panic to `listener`. The worker is unusable afterwards, and its window ends it.
pub(super) fn report_to(listener: Function) {
    // A hook has to be Send; a worker has one thread.
    let listener = SendWrapper::new(listener);
    std::panic::set_hook(Box::new(move |panic| {
        console_error_panic_hook::hook(panic);
        // If the listener throws, there is nothing more to report.
        let _ = listener.call1(&JsValue::UNDEFINED, &panic.to_string().into());
    }));
}
