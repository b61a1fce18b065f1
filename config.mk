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
# clang 14 to 19: for wasm, fuzzers and sanitizers. LLVM's programs are found: by the plain name, else
# by that of a version; where none is here, the plain name says what is missing.
LLVM_VERSIONS := 19 18 17 16 15 14
llvm = $(or $(shell for name in $(1) $(LLVM_VERSIONS:%=$(1)-%); do command -v $$name && break; done),$(1))
CLANG   ?= $(call llvm,clang)
CLANG   := $(CLANG)
WASM_CC ?= $(CLANG)
# The linker of the compiler's own release: it links what the compiler left to optimise.
WASM_LD ?= $(shell $(WASM_CC) -print-prog-name=wasm-ld)
WASM_LD := $(WASM_LD)
FUZZ_CC ?= $(CLANG)
# The form of C is the same for each of these versions, and another for newer ones: only they count.
CLANG_FORMAT ?= $(shell sh tools/find-clang-format.sh $(LLVM_VERSIONS))
# 1: a test build, whose page lets tabs of one browser meet through localStorage. Never for users.
USE_LOCALSTORAGE_FOR_TESTING ?= 0
V       ?= 0
