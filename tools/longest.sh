#!/bin/sh
# Prints the ten longest C files and functions, and the modules of the page that are longer than
# style allows: a person decides what they mean.
files=$(find core host server rtc peer cli sim -name '*.c' 2>/dev/null | sort)
echo 'longest files:'
# shellcheck disable=SC2086
wc -l $files | grep -v ' total$' | sort -rn | head -10
echo 'modules of the page over 450 lines:'
wc -l web/*.js | awk '$1 > 450 && $2 != "total"'
echo 'longest functions:'
# A function starts at an unindented line that ends in "{" and ends at an unindented "}".
# shellcheck disable=SC2086
awk 'FNR==1{open=0}
     /^[A-Za-z_].*\{$/ && !/^(struct|union|enum|typedef|static const|const)/ {open=1; start=FNR; name=$0}
     /^}/ && open {print FNR-start+1, FILENAME ":" start, name; open=0}' $files | sort -rn | head -10
