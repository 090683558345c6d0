//! Reports a panic: the console gets the message and the stack, the window one line.

use js_sys::Function;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

/// Reports every panic to `listener`. The worker is of no use afterwards: its window ends it.
pub(super) fn report_to(listener: Function) {
    // A hook has to be Send; a worker has one thread.
    let listener = SendWrapper::new(listener);
    std::panic::set_hook(Box::new(move |panic| {
        console_error_panic_hook::hook(panic);
        // A listener that throws cannot be told of anything worse.
        let _ = listener.call1(&JsValue::UNDEFINED, &panic.to_string().into());
    }));
}
