#!/usr/bin/env bash
# A first line "sep=;", which exporters write for Excel, is no header.
. "$(dirname "$0")/../lib.sh"
new_dataset sep "$HERE/sep.csv"
import_all 1 sep "$HERE/sep.csv"
parley records list sep
