# What a builder may set on the command line or in the environment.
CC      ?= cc
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
DESTDIR ?=
PKG_CONFIG ?= pkg-config
NODE    ?= node
NPM     ?= npm
# Everything built goes under $(B). Variants: make B=build-asan SAN=address,undefined ...
B       ?= build
SAN     ?=
# clang's wasm32 target and its linker, by their versioned names (the plain ones may run wasm-opt).
WASM_CC ?= clang-14
WASM_LD ?= wasm-ld-14
FUZZ_CC ?= clang-14
CLANG_FORMAT ?= clang-format-14
# 1: a test build, whose page lets tabs of one browser meet through localStorage. Never for users.
USE_LOCALSTORAGE_FOR_TESTING ?= 0
V       ?= 0
