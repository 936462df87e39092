.PHONY: demo build test unit accuracy accuracy-all peers fmt clippy docs deny typos lint bench fuzz bless ci

demo:      ; cargo run --release --locked --quiet -- demo
build:     ; cargo build --release --locked
test:      ; peers/install && $(MAKE) --no-print-directory unit peers
# Most of the time they wait for answers of the lab: three at once for each core.
unit:      ; RUST_TEST_THREADS=$${RUST_TEST_THREADS:-$$((3 * $$(getconf _NPROCESSORS_ONLN)))} cargo test --workspace --locked
accuracy:  ; cargo test --locked -p ses-doctor-core --test accuracy && cargo test --locked -p ses-doctor --test accuracy -- --nocapture
accuracy-all: ; SES_DOCTOR_ACCURACY=all SES_DOCTOR_BLESS=1 cargo test --release --locked -p ses-doctor --test accuracy -- --nocapture
peers:     ; cargo build --locked && peers/run
fmt:       ; cargo fmt --all --check
clippy:    ; cargo clippy --workspace --all-targets --locked -- -D warnings
docs:      ; RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
deny:      ; .ci/deny
typos:     ; peers/install && .peers/venv/bin/typos
lint:      fmt clippy docs deny typos
bench:     ; cargo build --release --locked && peers/install && bench/run
fuzz:      ; for target in $$(cargo +nightly fuzz list); do cargo +nightly fuzz run $$target -- -max_total_time=60 || exit 1; done
bless:     ; SES_DOCTOR_BLESS=1 INSTA_UPDATE=always cargo test --locked --test e2e --test accuracy
ci:        ; .ci/run
