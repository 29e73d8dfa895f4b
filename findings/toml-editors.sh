#!/usr/bin/env bash
# Two editors of TOML files lose settings that the change does not touch.
#
# A table after `[[role]]` belongs to the element above it, and an inline table is another way to
# write a table: <https://toml.io/en/v1.0.0#array-of-tables>,
# <https://toml.io/en/v1.0.0#inline-table>. `patch` of @decimalturn/toml-patch 3.3.0 changes a
# file to match an object and keeps the rest as it is:
# <https://www.npmjs.com/package/@decimalturn/toml-patch>. When the object has one role less, the
# roles that remain lose their tables too. When two roles change places, the last one gets the
# policies of both. `updateTomlValues` of @shopify/toml-patch 0.3.0 changes single values:
# <https://www.npmjs.com/package/@shopify/toml-patch>. In an inline table a new key removes all
# other keys, and a key that is to go stays. Neither package reports an error. This affects
# programs that maintain a file which people write too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

npm_packages js @decimalturn/toml-patch@3.3.0 @shopify/toml-patch@0.3.0 smol-toml@1.9.1

cat > "$work/js/edit.mjs" << 'EOF'
import { parse, patch } from '@decimalturn/toml-patch';
import { updateTomlValues } from '@shopify/toml-patch';
import * as toml from 'smol-toml';

const roles = `[[role]]
name = "reader"

[role.trust]
mfa = true

[[role]]
name = "writer"

[role.trust]
mfa = false
`;
const policies = roles.replaceAll('[role.trust]', '[[role.policy]]').replaceAll('mfa', 'write');
function show(name, wanted, text) {
  const written = JSON.stringify(toml.parse(text));
  console.log(`${name}:`, written === JSON.stringify(wanted) ? 'as wanted' : written);
}
function edited(name, file, change) {
  const wanted = parse(file);
  change(wanted);
  show(`toml-patch, ${name}`, wanted, patch(file, wanted));
}
edited('rename the second role', roles, ({ role }) => { role[1].name = 'author'; });
edited('add a role', roles, ({ role }) => role.push({ name: 'author', trust: { mfa: true } }));
edited('remove the first role', roles, ({ role }) => role.shift());
edited('remove the second role', roles, ({ role }) => role.pop());
edited('swap two roles', policies, ({ role }) => role.reverse());

const updated = (name, file, key, value, wanted) =>
  show(`@shopify/toml-patch, ${name}`, wanted, updateTomlValues(file, [[['tags', key], value]]));
const inline = 'tags = { team = "red", cost = "7" }\n';
const table = '[tags]\nteam = "red"\ncost = "7"\n';
for (const [name, file] of [['table', table], ['inline table', inline]]) {
  updated(`${name}, set a key`, file, 'cost', '8', { tags: { team: 'red', cost: '8' } });
  updated(`${name}, add a key`, file, 'site', 'x', { tags: { team: 'red', cost: '7', site: 'x' } });
  updated(`${name}, remove a key`, file, 'cost', undefined, { tags: { team: 'red' } });
}
EOF
node "$work/js/edit.mjs" > "$work/seen"

expect << 'EOF'
toml-patch, rename the second role: as wanted
toml-patch, add a role: as wanted
toml-patch, remove the first role: {"role":[{"name":"writer"}]}
toml-patch, remove the second role: {"role":[{"name":"reader"}]}
toml-patch, swap two roles: {"role":[{"name":"writer"},{"name":"reader","policy":[{"write":true},{"write":false}]}]}
@shopify/toml-patch, table, set a key: as wanted
@shopify/toml-patch, table, add a key: as wanted
@shopify/toml-patch, table, remove a key: as wanted
@shopify/toml-patch, inline table, set a key: as wanted
@shopify/toml-patch, inline table, add a key: {"tags":{"site":"x"}}
@shopify/toml-patch, inline table, remove a key: {"tags":{"team":"red","cost":"7"}}
EOF
