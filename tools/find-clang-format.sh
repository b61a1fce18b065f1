#!/bin/sh
# Prints the first clang-format, by its plain name or by that of a version, whose version is among
# those given; nothing, with exit status 1, where there is none.
#   tools/find-clang-format.sh VERSION...
for name in clang-format $(printf 'clang-format-%s ' "$@"); do
    version=$("$name" --version 2>/dev/null | sed 's/.*version \([0-9]*\).*/\1/')
    case " $* " in
    *" ${version:-none} "*)
        echo "$name"
        exit 0
        ;;
    esac
done
exit 1
