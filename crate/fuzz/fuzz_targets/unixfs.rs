#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| spinney_fuzz::run("unixfs", data));
