# SPDX-License-Identifier: GPL-3.0-or-later
# The code of a document in Markdown, a line each: what stands between backticks in a paragraph, also
# where a line ends in it; and, unless only_sentences is set, what is indented or between fences, without
# the shell's comments.
function paragraph(  i, n, parts) {
    n = split (text, parts, "`")
    for (i = 2; i <= n; i += 2)
        print parts[i]
    text = ""
}
/^```/ { paragraph(); fenced = !fenced; next }
fenced || /^    / {
    paragraph()
    sub (/ # .*/, "")
    if (!only_sentences)
        print
    next
}
/^$/ || /^- / { paragraph() }
{ text = text " " $0 }
END { paragraph() }
