// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell variables in user data
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { searchUserData } from '../../../shared/core/claims/user-data/search.ts';

const CLAIM = '10.200.4.0/24';
/** In comments: it must never be read. */
const OLD = '10.200.9.0/24';

function base64(text: string | Buffer): string {
  return Buffer.from(text).toString('base64');
}

function read(content: string | Buffer): { claims: string[]; problems: string[]; unsearched: string | null } {
  const { reading } = searchUserData(base64(content), 'pod-cidr');
  return {
    claims: reading.claims.map(({ cidr }) => cidr.text),
    problems: reading.defects.map(({ problem }) => problem),
    unsearched: reading.unsearched ?? null,
  };
}

const ENV = `NODE=worker-4\nPOD_CIDR=${CLAIM}\n`;
const UNIT = `[Service]\nExecStart=/opt/bin/kubelet --v=2 --pod-cidr=${CLAIM}\nRestart=always\n`;

function ignition(files: readonly unknown[], units: readonly unknown[] = []): string {
  return JSON.stringify({ ignition: { version: '3.4.0' }, storage: { files }, systemd: { units } });
}

function source(url: string): string {
  return ignition([{ path: '/etc/k8s.env', contents: { source: url } }]);
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

const FORMS: Readonly<Record<string, readonly (readonly [form: string, content: string | Buffer])[]>> = {
  shell: [
    [
      'a here-document of cloud-config',
      `#!/bin/sh\ncat > a.yaml <<EOF\nkubelet-arg:\n- pod-cidr=${CLAIM}\nEOF\n`,
    ],
    [
      'a here-document with tabs',
      `#!/bin/sh\ncat > a <<-'E'\n\t# pod-cidr=${OLD}\n\tpod-cidr=${CLAIM}\n\tE\necho # done\n`,
    ],
    ['a here-document that is a comment', `#!/bin/sh\n: <<'C'\npod-cidr=${OLD}\nC\nPOD_CIDR=${CLAIM}\n`],
    ['a here-document with an apostrophe', `#!/bin/sh\ncat <<EOF\nit's\nEOF\nPOD_CIDR=${CLAIM} # don't\n`],
    [
      'a comment in a string that a file gets',
      `#!/bin/sh\necho "# pod-cidr=${OLD}\npod-cidr=${CLAIM}" > f\n`,
    ],
    ['printf with line feeds', `#!/bin/sh\nprintf 'NODE=w\\nPOD_CIDR=${CLAIM}\\nROLE=w\\n' > f\n`],
    ['JSON in double quotes', `#!/bin/sh\necho "{\\"podCIDR\\": \\"${CLAIM}\\"}" > f\n`],
    ['a script in a string', `#!/bin/sh\nbash -c 'kubelet --pod-cidr=${CLAIM} # now'\n`],
    ['base64 that is decoded', `#!/bin/sh\necho ${base64(ENV)} | base64 -d > f\n`],
    ['base64 in a here-document', `#!/bin/sh\nbase64 -d > f <<EOF\n${base64(ENV)}\nEOF\n`],
    ['a value joined to its key', `#!/bin/sh\necho "POD_CIDR="${CLAIM} > f\n`],
    ['a flag with one hyphen', `#!/bin/sh\nkubelet -pod-cidr=${CLAIM}\n`],
    ['an interpreter by env', `#!/usr/bin/env -S bash -eu\nPOD_CIDR=${CLAIM} # ${OLD}\n`],
    ['a boothook', `#cloud-boothook\n#!/bin/sh\nPOD_CIDR=${CLAIM}\n`],
    ['a flag that ends its line', `#!/bin/sh\nkubelet --v=2 --pod-cidr ${CLAIM}\nsleep 1\n`],
  ],
  'cloud-config': [
    ['a folded value', `#cloud-config\npod-cidr: >-\n  ${CLAIM}\n`],
    ['an escaped value', '#cloud-config\npod-cidr: "10.200.4.0\\u002f24"\n'],
    ['an escaped slash', '#cloud-config\n{"pod-cidr": "10.200.4.0\\/24"}\n'],
    ['an escaped key', `#cloud-config\n"pod\\x2dcidr": ${CLAIM}\n`],
    ['a tag of a string', `#cloud-config\npod-cidr: !!str ${CLAIM}\n`],
    ['a tag of bytes', `#cloud-config\npod-cidr: !!binary ${base64(CLAIM)}\n`],
    ['an alias', `#cloud-config\nnet: &net ${CLAIM}\npod-cidr: *net\n`],
    ['a merged anchor', `#cloud-config\nbase: &base\n  pod-cidr: ${CLAIM}\nnode:\n  <<: *base\n`],
    ['a list with an alias', `#cloud-config\nnet: &net ${CLAIM}\npod-cidr: [*net]\n`],
    [
      'an anchor of a content',
      `#cloud-config\nwrite_files:\n- content: &c |\n    POD_CIDR=${CLAIM}\n- content: *c\n`,
    ],
    [
      'a literal block of two lines',
      `#cloud-config\nwrite_files:\n- content: |2\n      # pod-cidr=${OLD}\n      pod-cidr=${CLAIM}\n`,
    ],
    ['a folded command', `#cloud-config\nruncmd:\n- >-\n  kubelet --v=2\n  --pod-cidr ${CLAIM}\n`],
    ['a command in double quotes', `#cloud-config\nruncmd:\n- "echo 'A=b\\nPOD_CIDR=${CLAIM}' > f"\n`],
    ['arguments on lines', `#cloud-config\nargs:\n- --pod-cidr\n# of this node\n- ${CLAIM}\n- --v=2\n`],
    ['name and value', `#cloud-config\nextraArgs:\n- name: pod-cidr\n  value: ${CLAIM}\n`],
    ['value and name', `{"env": [{"value": "${CLAIM}", "name": "POD_CIDR"}]}`],
    [
      'a pod that reads its node',
      `#cloud-config\npod-cidr: ${CLAIM}\nenv:\n- name: POD_CIDR\n  valueFrom: {fieldRef: {fieldPath: spec.podCIDR}}\n`,
    ],
    ['several documents', `#cloud-config\n---\na: 1\n---\npod-cidr: ${CLAIM}\n...\n`],
    ['base64 by tag', `#cloud-config\nwrite_files:\n- content: !!binary |\n    ${base64(ENV)}\n`],
    [
      'gzip by tag',
      `#cloud-config\nwrite_files:\n- encoding: gzip\n  content: !!binary ${base64(gzipSync(ENV))}\n`,
    ],
    [
      'gzip+base64',
      `#cloud-config\nwrite_files:\n- {encoding: gzip+base64, content: ${base64(gzipSync(ENV))}}\n`,
    ],
    [
      'base64 over lines',
      `#cloud-config\nwrite_files:\n- encoding: b64\n  content: |\n    ${base64(ENV).replace(/(.{20})/g, '$1\n    ')}\n`,
    ],
    [
      'an archive',
      `#cloud-config-archive\n- type: text/cloud-config\n  content: |\n    pod-cidr: ${CLAIM}\n- type: text/x-shellscript\n  content: |\n    #!/bin/sh\n    # pod-cidr=${OLD}\n`,
    ],
    [
      'a script that it writes',
      `#cloud-config\nwrite_files:\n- content: |\n    #!/usr/bin/env python3\n    """pod-cidr=${OLD}"""\n    pod_cidr = "${CLAIM}"\n`,
    ],
    ['a tag that it does not know elsewhere', `#cloud-config\nother: !vault x\npod-cidr: ${CLAIM}\n`],
    ['tabs, which YAML refuses', `#cloud-config\nnode:\n\tpod-cidr: ${CLAIM}\n`],
    [
      'EC2Launch v2',
      `version: 1.0\ntasks:\n- task: executeScript\n  inputs:\n  - type: powershell\n    content: |\n      <# pod-cidr=${OLD} #>\n      $podCidr = '${CLAIM}'\n`,
    ],
    ['CRLF', `#cloud-config\r\npod-cidr: ${CLAIM}\r\n`],
    ['a byte order mark', `\ufeff#cloud-config\n# pod-cidr: ${OLD}\npod-cidr: ${CLAIM}\n`],
  ],
  JSON: [
    [
      'comments of C',
      `{\n  // "podCIDR": "${OLD}",\n  /* "podCIDR": "${OLD}" */\n  "podCIDR": "${CLAIM}"\n}`,
    ],
    ['a comment of a shell', `{\n  # "podCIDR": "${OLD}",\n  "podCIDR": "${CLAIM}"\n}`],
    ['a hash in a string', `{"motd": "see # 1", "url": "http://x//y", "podCIDR": "${CLAIM}"}`],
    ['JSON in JSON', JSON.stringify({ config: JSON.stringify({ podCIDR: CLAIM }) })],
    ['indented by tabs', `{\n\t"a": [\n\t\t1\n\t],\n\t"podCIDR": "${CLAIM}"\n}\n`],
    ['a list', `{"podCIDRs": ["10.0.0.0/8"], "podCIDR": ["${CLAIM}"]}`],
  ],
  Ignition: [
    ['a data URL', source(`data:,${encodeURIComponent(ENV)}`)],
    ['a data URL with a type', source(`data:text/plain;charset=utf-8,${encodeURIComponent(ENV)}`)],
    ['a data URL in base64', source(`data:text/plain;charset=utf-8;base64,${base64(ENV)}`)],
    ['gzip', source(`data:;base64,${base64(gzipSync(ENV))}`)],
    ['a commented line', source(`data:,${encodeURIComponent(`# pod-cidr=${OLD}\n${ENV}`)}`)],
    [
      'another Ignition in it',
      JSON.stringify({
        ignition: {
          version: '3.3.0',
          config: {
            merge: [{ source: `data:;base64,${base64(source(`data:,${encodeURIComponent(ENV)}`))}` }],
          },
        },
      }),
    ],
    ['a unit', ignition([], [{ name: 'kubelet.service', contents: UNIT }])],
    [
      'a drop-in',
      ignition(
        [],
        [
          {
            name: 'k.service',
            dropins: [{ name: 'a.conf', contents: `[Service]\nEnvironment="A=b" "POD_CIDR=${CLAIM}"\n` }],
          },
        ],
      ),
    ],
    [
      'Butane',
      `variant: fcos\nversion: 1.5.0\nsystemd:\n  units:\n  - name: k.service\n    contents: |\n      ; pod-cidr=${OLD}\n${UNIT.replace(/^/gm, '      ')}`,
    ],
  ],
  PowerShell: [
    ['setx', `<powershell>\nsetx POD_CIDR "${CLAIM}" /M\n</powershell>`],
    [
      'SetEnvironmentVariable',
      `<powershell>\n[Environment]::SetEnvironmentVariable("POD_CIDR", "${CLAIM}", "Machine")\n</powershell>`,
    ],
    [
      'a typed variable',
      `<powershell>\n[string]$PodCidr = '${CLAIM}' # was ${OLD}\nkubelet "--pod-cidr=$PodCidr"\n</powershell>`,
    ],
    [
      'a scoped variable',
      `<powershell>\n$global:PodCIDR="${CLAIM}"\n& kubelet --pod-cidr=$($global:PodCIDR)\n</powershell>`,
    ],
    ['a hash table', `<powershell>\n@{ PodCidr = "${CLAIM}"; Node = "w" }\n</powershell>`],
    [
      'a here-string',
      `<powershell>\n@"\n# pod-cidr: ${OLD}\npod-cidr: ${CLAIM}\n"@ | Set-Content f\n</powershell>`,
    ],
    ['a line feed in a string', `<powershell>\nSet-Content f "A=b\`nPOD_CIDR=${CLAIM}\`nC=d"\n</powershell>`],
    [
      'an encoded command',
      `<powershell>\npowershell -EncodedCommand ${utf16(`$podCidr = "${CLAIM}"; kubelet --pod-cidr=${CLAIM}`).toString('base64')}\n</powershell>`,
    ],
    ['a colon after the parameter', `<powershell>\n.\\start.ps1 -PodCIDR:${CLAIM}\n</powershell>`],
    [
      'a list of arguments',
      `<powershell>\nStart-Process kubelet -ArgumentList "--pod-cidr", "${CLAIM}"\n</powershell>`,
    ],
    ['persist beside it', `<persist>true</persist>\n<powershell>\n$env:POD_CIDR='${CLAIM}'\n</powershell>`],
    ['cloudbase-init', `#ps1_sysnative\n<# pod-cidr=${OLD} #>\n$podCidr = "${CLAIM}"\n`],
    ['UTF-16', utf16(`\ufeff<powershell>\r\n$podCidr = "${CLAIM}"\r\n</powershell>`)],
    ['an environment item', `<powershell>\nSet-Item -Path env:POD_CIDR -Value ${CLAIM}\n</powershell>`],
  ],
  batch: [
    ['set in quotes', `<script>\nset "POD_CIDR=${CLAIM}"\nkubelet --pod-cidr=%POD_CIDR%\n</script>`],
    ['setx', `<script>\nsetx POD_CIDR ${CLAIM} /M\n</script>`],
    [
      'comments',
      `<script>\n:: pod-cidr=${OLD}\n@rem pod-cidr=${OLD}\nREM\necho a & rem pod-cidr=${OLD}\nset POD_CIDR=${CLAIM}\n</script>`,
    ],
    ['a continued line', `<script>\nkubelet ^\n  --pod-cidr=${CLAIM} ^\n  --v=2\n</script>`],
    ['cloudbase-init', `rem cmd\nrem pod-cidr=${OLD}\nset POD_CIDR=${CLAIM}\n`],
  ],
  Python: [
    [
      'a docstring and a comment',
      `#!/usr/bin/python3\n'''pod-cidr=${OLD}'''\n# pod_cidr = "${OLD}"\npod_cidr = "${CLAIM}"\n`,
    ],
    [
      'a docstring of a function',
      `#!/usr/bin/env python3\ndef join(pod_cidr=None):\n    """pod-cidr=${OLD}"""\n    return pod_cidr\njoin(pod_cidr="${CLAIM}")\n`,
    ],
    ['the environment', `#!/usr/bin/env python3\nimport os\nos.environ["POD_CIDR"] = "${CLAIM}"\n`],
    ['a text that it writes', `#!/usr/bin/env python3\nENV = """\nPOD_CIDR=${CLAIM}\n"""\n`],
    ['an annotation', `#!/usr/bin/env python3\npod_cidr: str = "${CLAIM}"  # of it\n`],
    ['arguments', `#!/usr/bin/env python3\nrun(["kubelet",\n  "--pod-cidr", "${CLAIM}"])\n`],
  ],
  text: [
    ['a comment of C', `/* pod-cidr=${OLD}\n */\npod-cidr=${CLAIM}\n`],
    ['a comment of HTML over lines', `<!--\npod-cidr=${OLD}\n-->\npod-cidr=${CLAIM}\n`],
    ['a comment of C++', `// pod-cidr=${OLD}\npod-cidr=${CLAIM}\n`],
    [
      'JavaScript',
      `#!/usr/bin/env node\n/* podCidr = "${OLD}" */\n// podCidr = "${OLD}"\nconst podCidr = "${CLAIM}";\n`,
    ],
    ['a list of TOML over lines', `[node]\npod-cidr = [\n  "${CLAIM}",\n]\n`],
    ['a unit', UNIT],
    ['base64 twice', base64(ENV)],
    ['base64 thrice, of gzip', base64(base64(gzipSync(ENV)))],
    [
      'a byte order mark before MIME',
      `\ufeffMIME-Version: 1.0\nContent-Type: text/cloud-config\n\npod-cidr: ${CLAIM}\n`,
    ],
    ['blank lines before a script', `\n\n#!/bin/sh\necho "# x"; POD_CIDR=${CLAIM}\n`],
  ],
  jinja: [
    [
      'a comment over lines',
      `## template: jinja\n#cloud-config\n{# pod-cidr: ${OLD}\n   pod-cidr: ${OLD} #}\npod-cidr: ${CLAIM}\n`,
    ],
    [
      'an expression elsewhere',
      `## template: jinja\n#cloud-config\nhostname: {{ v1.local_hostname }}\npod-cidr: ${CLAIM}\n`,
    ],
    [
      'a shell script',
      `## template: jinja\n#!/bin/sh\n{# POD_CIDR=${OLD} #}\nPOD_CIDR=${CLAIM} # {{ v1.region }}\n`,
    ],
    [
      'a statement elsewhere',
      `## template: jinja\n#cloud-config\n{% if v1.region == "x" %}\nhostname: a\n{% endif %}\npod-cidr: ${CLAIM}\n`,
    ],
  ],
};

describe.each(Object.entries(FORMS))('in %s, user data', (_, forms) => {
  it.each(forms)('claims by %s', (_form, content) => {
    expect(read(content)).toEqual({ claims: [CLAIM], problems: [], unsearched: null });
  });
});

const OLD_SCRIPT = `#!/bin/sh\npod-cidr=${OLD}\n`;

describe('user data claims nothing, and has no mistake,', () => {
  it.each([
    ['in a comment of jinja', `## template: jinja\n#!/bin/sh\n{#\npod-cidr=${OLD}\n#}\n`],
    ['in a comment of PowerShell', `<powershell>\n<#\npod-cidr=${OLD}\n#>\n# pod-cidr=${OLD}\n</powershell>`],
    ['in a comment of PowerShell without an end', `<powershell>\n<#\npod-cidr=${OLD}\n</powershell>`],
    ['in a comment of a batch file', `<script>\nREM set POD_CIDR=${OLD}\n:: set POD_CIDR=${OLD}\n</script>`],
    ['in a comment of HTML', `<!--\npod-cidr=${OLD}\n-->\nname=w`],
    ['in a comment of C', `/*\n * pod-cidr=${OLD}\n */\nname=w`],
    ['in a comment of C without an end', `/* pod-cidr=${OLD}\nname=w`],
    ['in a docstring', `#!/usr/bin/env python3\ndef f():\n    """\n    --pod-cidr=${OLD}\n    """\n`],
    ['in a docstring below an import', `#!/usr/bin/env python3\nimport os\n'''pod-cidr=${OLD}'''\n`],
    ['in a comment of YAML', `#cloud-config\n# pod-cidr: ${OLD}\na: b # pod-cidr: ${OLD}\n`],
    ['in a comment of a file', `#cloud-config\nwrite_files:\n- content: |\n    # pod-cidr=${OLD}\n    a=b\n`],
    [
      'in a comment of a file in base64',
      `#cloud-config\nwrite_files:\n- content: ${base64(`# pod-cidr=${OLD}\n`)}\n`,
    ],
    ['in a here-document for no command', `#!/bin/sh\n: <<EOF\npod-cidr=${OLD}\nEOF\n`],
    [
      'in a comment of a unit',
      ignition([], [{ contents: `# pod-cidr=${OLD}\n; pod-cidr=${OLD}\n[Unit]\n` }]),
    ],
    ['in a comment beside JSON', `// "podCIDR": "${OLD}"\n{"a": 1}`],
    [
      'in the name of an attachment',
      `MIME-Version: 1.0\nContent-Type: text/plain; name="pod-cidr=${OLD}"\n\nhi\n`,
    ],
    ['in another key', `{"clusterPodCIDR": "10.200.0.0/16", "podCIDRs": ["10.200.0.0/16"]}`],
    ['in a schema', '#cloud-config\nproperties: {podCIDR: {type: string, description: of the node}}\n'],
    ['where its value is null', '#cloud-config\npod-cidr:\n'],
    ['where its list is empty', '{"podCIDR": [], "pod_cidr": null, "pod-cidr": ""}'],
    ['where a flag is last in a list', '{"args": ["--v=2", "--pod-cidr"]}'],
    ['where it is looked for', '#!/bin/sh\ngrep -q "pod-cidr=" f && sed -n "/pod-cidr/p" f\n'],
  ])('%s', (_, content) => {
    expect(read(content)).toEqual({ claims: [], problems: [], unsearched: null });
  });
});

describe('user data claims nothing, and says so,', () => {
  const COMPUTED = 'is a variable or a command, which only the node itself can resolve';
  const DIFFERENT = 'is ambiguous: pod-cidr appears with different values';
  const UNCLEAR = 'is not written as one value or a list of values';
  it.each([
    ['of a tag of CloudFormation', '#cloud-config\npod-cidr: !Ref PodCidr\n', COMPUTED],
    ['of a function of CloudFormation', '{"podCIDR": {"Fn::Sub": "x"}}', COMPUTED],
    ['of an expression', '#cloud-config\npod-cidr: {{ ds.pod_cidr }}\n', COMPUTED],
    ['of a condition', `## template: jinja\n{% if a %}\npod-cidr: ${CLAIM}\n{% endif %}\n`, COMPUTED],
    ['of a variable of PowerShell', '<powershell>\nkubelet --pod-cidr=$env:NET\n</powershell>', COMPUTED],
    ['of a variable of a batch file', '<script>\nset POD_CIDR=%1%\n</script>', COMPUTED],
    ['of a variable that nothing sets', '<script>\nkubelet --pod-cidr=%POD_CIDR%\n</script>', COMPUTED],
    ['of a string that Python formats', '#!/usr/bin/env python3\npod_cidr = f"10.200.{i}.0/24"\n', COMPUTED],
    ['of a pod alone', '{"env": [{"name": "POD_CIDR", "valueFrom": {}}]}', COMPUTED],
    ['of a key that is there twice', `{"podCIDR": "${CLAIM}", "podCIDR": "${OLD}"}`, DIFFERENT],
    [
      'of two files',
      `#cloud-config\nwrite_files:\n- content: pod-cidr=${CLAIM}\n- content: ${base64(OLD_SCRIPT)}\n`,
      DIFFERENT,
    ],
    ['of two documents', `#cloud-config\npod-cidr: ${CLAIM}\n---\npod-cidr: ${OLD}\n`, DIFFERENT],
    ['of a flag and its file', `{"args": ["--pod-cidr", "${CLAIM}"], "podCIDR": "${OLD}"}`, DIFFERENT],
    ['of a mapping', `#cloud-config\npod-cidr: {v4: ${CLAIM}}\n`, UNCLEAR],
    ['of a list in a list', `#cloud-config\npod-cidr: [[${CLAIM}]]\n`, UNCLEAR],
  ])('%s', (_, content, problem) => {
    expect(read(content)).toEqual({ claims: [], problems: [problem], unsearched: null });
  });
});

describe('user data that cannot be searched', () => {
  it.each([
    ['names other places', '#include\nhttps://example.org/user-data\n', /names other places/],
    ['names them once', '#include-once\nhttps://example.org/user-data\n', /names other places/],
    [
      'names them in a part',
      'MIME-Version: 1.0\nContent-Type: text/x-include-url\n\nhttps://example.org/a\n',
      /names other places/,
    ],
    ['has a file from elsewhere', source('https://example.org/k8s.env'), /names other places/],
    [
      'is replaced by another Ignition',
      '{"ignition": {"config": {"replace": {"source": "s3://bucket/node.ign"}}}}',
      /names other places/,
    ],
    ['is no text', Buffer.from([1, 2, 3, 250, 251, 0]), /neither text nor/],
  ])('says so where it %s', (_, content, reason) => {
    expect(read(content)).toEqual({ claims: [], problems: [], unsearched: expect.stringMatching(reason) });
  });

  it('does not say so where it claims something all the same', () => {
    const text = `#cloud-config\npod-cidr: ${CLAIM}\nsource: https://example.org/a\n`;
    expect(read(text)).toEqual({ claims: [CLAIM], problems: [], unsearched: null });
  });
});
