// Templates of --format: what Go's text/template makes of them, what is wrong said with its column, and nothing let through to a terminal.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { isTscontainError } from '../../../src/engine/index.js';
import { jsonText, printable, render } from '../../../src/cli/output.js';
import { readTemplate } from '../../../src/cli/template/index.js';
import { sentenceOf } from '../../support/refusal.js';

const WEB = {
  Name: '/web',
  State: { Running: true, ExitCode: 0, Pid: 4711, Error: '' },
  Config: { Env: ['PATH=/bin', 'LANG=C'], Labels: { 'com.example/role': 'front', team: 'blue' }, Cmd: null },
  NetworkSettings: {
    Networks: { back: { IPAddress: '10.6.0.2' }, app: { IPAddress: '10.5.0.2' } },
    Ports: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }], '443/tcp': null },
  },
};

function fill(template: string, value: unknown = WEB): string {
  return readTemplate(template, { toJson: (each) => jsonText(each), toText: printable }).fill(value);
}

describe('a template', () => {
  const made: Record<string, string> = {
    '': '',
    'plain } text {': 'plain } text {',
    '{{.Name}}': '/web',
    '{{ .State.Pid }} {{.State.Running}}': '4711 true',
    '{{.Config.Env}}': '[PATH=/bin LANG=C]',
    '{{json .Config.Env}}': '["PATH=/bin","LANG=C"]',
    '{{.State}}': '{"Running":true,"ExitCode":0,"Pid":4711,"Error":""}',
    '{{.Nothing}} {{.Nothing.At.All}} {{json .Nothing}}': '<no value> <no value> null',
    // The ways in which addresses and ports are asked for all over the web.
    '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}': '10.5.0.2 10.6.0.2 ',
    '{{range $name, $net := .NetworkSettings.Networks}}{{$name}}={{$net.IPAddress}};{{end}}':
      'app=10.5.0.2;back=10.6.0.2;',
    '{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}': '8080',
    '{{range $p, $conf := .NetworkSettings.Ports}}{{$p}} -> {{if $conf}}{{(index $conf 0).HostPort}}{{else}}none{{end}} {{end}}':
      '443/tcp -> none 80/tcp -> 8080 ',
    '{{index .Config.Labels "com.example/role"}}': 'front',
    '{{range .Config.Env}}{{println .}}{{end}}': 'PATH=/bin\nLANG=C\n',
    '{{range $i, $e := .Config.Env}}{{if $i}}, {{end}}{{$e}}{{end}}': 'PATH=/bin, LANG=C',
    '{{range .Config.Cmd}}x{{else}}none{{end}}': 'none',
    '{{join .Config.Env " "}} {{split "a:b" ":" | json}}': 'PATH=/bin LANG=C ["a","b"]',
    '{{if eq .State.ExitCode 0}}good{{else if gt .State.ExitCode 128}}killed{{else}}bad{{end}}': 'good',
    '{{if and .State.Running (not .State.Error)}}up{{end}}': 'up',
    '{{or .State.Error "no error"}}': 'no error',
    '{{with .Config.Labels}}{{.team}} of {{$.Name}}{{end}}': 'blue of /web',
    '{{with $x := .State.Error}}{{$x}}{{else}}fine{{end}}': 'fine',
    '{{$n := 1}}{{range .Config.Env}}{{$n = 2}}{{end}}{{$n}}': '2',
    '{{range .Config.Env}}{{if eq . "LANG=C"}}{{break}}{{end}}{{.}}{{end}}': 'PATH=/bin',
    '{{range .Config.Env}}{{if eq . "PATH=/bin"}}{{continue}}{{end}}{{.}}{{end}}': 'LANG=C',
    '{{len .Config.Env}} {{len "µ"}} {{len .Config.Labels}}': '2 2 2',
    'a {{- .State.Pid -}} b': 'a4711b',
    '{{/* nobody sees this */}}{{"}}"}} {{`a "raw" one`}}': '}} a "raw" one',
    '{{slice .Name 1}} {{slice .Config.Env 1 2}} {{truncate .Name 3}} {{title "front end"}}{{pad "x" 1 2}}|':
      'web [LANG=C] /we Front End x  |',
    '{{print 1 2 "x" 3}}': '1 2x3',
  };
  for (const [template, text] of Object.entries(made))
    it(`${template === '' ? 'of nothing' : template} is ${JSON.stringify(text)}`, () =>
      assert.equal(fill(template), text));

  it('prints by patterns', () => {
    assert.equal(
      fill('{{printf "%-6s|%5d|%05.1f|%q|%x|%%" .Name .State.Pid 2.25 "a" 255}}'),
      '/web  | 4711|002.3|"a"|ff|%',
    );
  });

  const refused: Record<string, string> = {
    '{{.Name': 'column 3: {{ is not closed by }}',
    '{{range .Config.Env}}x': 'column 1: {{range}} has no {{end}}',
    'x{{end}}': 'column 2: {{end}} belongs to nothing',
    '{{if true}}{{else}}{{else}}{{end}}': 'column 20: there is a second {{else}}',
    '{{break}}': 'column 1: {{break}} is in no {{range}}',
    '{{.Name.First}}': 'column 3: .First is asked of a text',
    '{{range .Name}}{{end}}': 'column 9: range takes a list or a map, and this is a text',
    '{{$x}}': 'column 3: there is no variable $x',
    '{{"a}}': 'column 3: a string is not closed',
    '{{.Name .Name}}': 'column 3: only a function can be given a value',
    '{{index .Config.Env 7}}': 'column 3: index 7 is not in a list of 2',
    '{{(.Name}}': 'column 3: ( is not closed by )',
    '{{.Name | }}': 'column 1: a value is missing',
    '{{printf "%z" 1}}': 'column 3: printf knows no %z: use %v, %s, %q, %d, %x, %f or %t',
    '{{template "x"}}': 'column 1: {{template}} is not for templates of one line',
  };
  for (const [template, what] of Object.entries(refused))
    it(`${template} is refused: ${what}`, () =>
      assert.equal(
        sentenceOf(() => fill(template), 'INVALID_VALUE'),
        `--format ${JSON.stringify(template)}, ${what}`,
      ));

  it('names what there is when it calls what there is not', () => {
    assert.match(
      sentenceOf(() => fill('{{html .}}'), 'INVALID_VALUE'),
      /there is no function html: there are and, eq, .*, upper$/,
    );
  });

  it('lets nothing that came with the value through to a terminal, and what was typed as it is', () => {
    const hostile = { Name: 'a\u001b[2J\nb', List: ['\u001b]0;x\u0007'] };
    const ways = [
      '{{.Name}}',
      '{{.}}',
      '{{json .}}',
      '{{upper .Name}}',
      '{{println .Name}}',
      '{{printf "%s %v" .Name .List}}',
    ];
    const more = [
      '{{range .List}}{{.}}{{end}}',
      '{{index .List 0}}',
      '{{or .Name}}',
      '{{$x := .Name}}{{$x}}',
      '{{join .List "\\n"}}',
    ];
    for (const template of [...ways, ...more, '{{split .Name "b"}}', '{{slice .Name 0 4}}', '{{print .Name}}'])
      assert.doesNotMatch(fill(template, hostile).trimEnd(), /[\u0000-\u001f]/, template);
    assert.equal(fill('a\tb{{"\\n"}}{{println "x"}}'), 'a\tb\nx\n');
  });

  it('is filled or refused, whatever it is', () => {
    const word = fc.constantFrom(
      '{{',
      '}}',
      '{{range .A}}',
      '{{end}}',
      '{{else}}',
      '{{if .B}}',
      '.A',
      '$x',
      ':=',
      '|',
      '(',
      ')',
      '"',
      '`',
      'index',
      'printf',
      ' ',
      '-',
      'x',
      '7',
      ',',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 24 }), fc.jsonValue(), (words, value) => {
        try {
          assert.equal(typeof fill(words.join(''), value), 'string');
        } catch (error) {
          assert.ok(isTscontainError(error, 'INVALID_VALUE'), String(error));
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a list in a template', () => {
  const rows = [
    { ID: 'abc', Names: 'web', Status: 'Up 3 seconds' },
    { ID: 'def', Names: 'a-longer-name', Status: 'Created' },
  ];
  const list = (format: string) => render(rows, { columns: ['ID', 'Names'], format });

  it('is a line each, with tabs and line ends that were typed', () => {
    assert.equal(list('{{.ID}}\\t{{.Names | upper}}'), 'abc\tWEB\ndef\tA-LONGER-NAME');
  });

  it('behind the word table has titles, and its columns below one another', () => {
    assert.equal(
      list('table {{.Names}}\\t{{.Status}}'),
      'NAMES           STATUS\nweb             Up 3 seconds\na-longer-name   Created',
    );
  });

  it('says which fields there are when it asks for another', () => {
    assert.match(
      sentenceOf(() => list('{{.Nmae}}'), 'INVALID_VALUE'),
      /^--format names the field \.Nmae, which is not there/,
    );
  });
});
