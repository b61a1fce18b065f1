# Takes out of a module of the page the comments that have lines to themselves, and leaves the lines
# empty, so that a browser's error names the right one. A comment beside code stays (test/page/syntax
# checks that nothing but comments is gone).
!inside && /^[ \t]*\/\*/ && (!/\*\// || /\*\/[ \t]*$/) {
    inside = !/\*\//
    print ""
    next
}
inside {
    inside = !/\*\//
    print ""
    next
}
/^[ \t]*\/\// { print ""; next }
{ print }
