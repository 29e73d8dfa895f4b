#!/usr/bin/env bash
# Two converters of SARIF report results that are not problems.
#
# In SARIF 2.1.0 a result whose `kind` is `pass` is not a problem, one with accepted
# `suppressions` is settled, and one whose `baselineState` is `absent` is gone (sections 3.27.9,
# 3.27.23 and 3.27.24):
# <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>. sarif-junit 1.1.4 makes
# failed tests of the accepted and the absent result. At a result without `locations`, which
# are optional, it stops with a TypeError. @security-alert/sarif-to-markdown 1.11.1 gives all
# results of a rule the level and the text of the first, so the passed and the absent result
# are errors too. This affects pipelines that show a report as tests or as a comment.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

npm_packages js sarif-junit@1.1.4 @security-alert/sarif-to-markdown@1.11.1

cat > "$work/js/convert.cjs" << 'EOF'
const parse = require('sarif-junit/lib/parser');
const { sarifToMarkdown } = require('@security-alert/sarif-to-markdown');

const rule = { id: 'old-key', defaultConfiguration: { level: 'error' } };
const result = (line, text, more) => ({
  ruleId: 'old-key', ruleIndex: 0, level: 'error', message: { text },
  locations: [{ physicalLocation: { artifactLocation: { uri: 'a.tf' }, region: { startLine: line } } }],
  ...more });
const log = (...results) => ({
  version: '2.1.0', runs: [{ tool: { driver: { name: 'demo', rules: [rule] } }, results }] });
const report = log(
  result(1, 'plain'),
  result(2, 'passed', { kind: 'pass', level: 'none' }),
  result(3, 'gone', { baselineState: 'absent' }),
  result(4, 'accepted', { suppressions: [{ kind: 'external', status: 'accepted' }] }));

const build = (sarif) => parse(JSON.stringify(sarif)).builder.build();
const xml = build(report);
for (const [, attributes, end] of xml.matchAll(/<testcase ([^>]*?)(\/?)>/g)) {
  console.log('sarif-junit:', / name="([^"]*)"/.exec(attributes)[1], end ? 'passed' : 'failed');
}
const options = { owner: 'o', repo: 'r', branch: 'b', sourceRoot: '', title: 't' };
const [{ body }] = sarifToMarkdown(options)(JSON.parse(JSON.stringify(report)));
for (const line of body.split('## Rules')[0].split('\n')) {
  if (/^## |^- |https:/.test(line)) console.log('sarif-to-markdown:', line.replace(/https:.*#/, '').trim());
}
build(log(result(5, 'without a place', { locations: undefined })));
EOF
{
  node "$work/js/convert.cjs" 2> "$work/error" || true
  grep -E '^[A-Za-z]*Error' "$work/error" | sed 's/^/sarif-junit, no locations: /'
} > "$work/seen"

expect << 'EOF'
sarif-junit: Ln 1 plain failed
sarif-junit: passed passed
sarif-junit: Ln 3 gone failed
sarif-junit: Ln 4 accepted failed
sarif-to-markdown: ## Results
sarif-to-markdown: - **[ERROR]** **[old-key]**  `plain`
sarif-to-markdown: - L1
sarif-to-markdown: - L2
sarif-to-markdown: - L3
sarif-to-markdown: ## Suppressed results
sarif-to-markdown: - **[ERROR]** **[old-key]**  `plain`
sarif-to-markdown: - L4
sarif-junit, no locations: TypeError: Cannot read properties of undefined (reading '0')
EOF
