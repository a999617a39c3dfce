# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of virtflow for fish. "virtflow complete" knows the words; here is how fish takes them.

function __virtflow_candidates
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -e words[1]
    command virtflow complete $words (commandline --current-token --cut-at-cursor) 2>/dev/null
end

complete --command virtflow --no-files --keep-order --arguments '(__virtflow_candidates)'
