#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| leftward_fuzz::terraform_expression(data));
