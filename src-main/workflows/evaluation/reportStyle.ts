/** The look of a report, on the screen and on paper: black on white, one dark blue for what was measured. */
export const REPORT_STYLE = `
:root{--ink:#16202a;--soft:#55616d;--rule:#c9d0d6;--faint:#eef1f3;--blue:#1d4e73;--alert:#9b1c1c}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1180px;padding:0 32px 64px;background:#fff;color:var(--ink);font:14px/1.5 system-ui,"Segoe UI","Noto Sans",sans-serif}
p{max-width:80ch;margin:6px 0}h1{margin:22px 0 2px;font-size:26px;line-height:1.2}h2{margin:38px 0 6px;padding-bottom:4px;border-bottom:2px solid var(--ink);font-size:18px}
h3{margin:22px 0 4px;font-size:15px}a{color:var(--blue)}.soft,small{color:var(--soft)}
.notice{max-width:none;margin:0 -32px;padding:9px 32px;background:var(--alert);color:#fff;font-weight:600}
.about{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;margin:14px 0}.about dt{color:var(--soft)}.about dd{margin:0;overflow-wrap:anywhere}
nav{margin:10px 0;font-size:13px}nav a{margin-right:12px;white-space:nowrap}
.caution{padding:8px 12px;border-left:3px solid #b7791f;background:#fdf6e7}.caution ul{margin:0;padding-left:18px}
.wide{overflow-x:auto}table{border-collapse:collapse;margin:8px 0;font-size:12.5px;font-variant-numeric:tabular-nums}
thead th{border-bottom:1.5px solid var(--ink);vertical-align:bottom;font-weight:600}thead{border-top:1.5px solid var(--ink)}
tbody{border-bottom:1.5px solid var(--ink)}tbody tr+tr td,tbody tr+tr th{border-top:1px solid var(--faint)}
th,td{padding:3px 14px 3px 0;text-align:left;vertical-align:top;font-weight:400;white-space:nowrap}.number{text-align:right}
td small{display:block;font-size:11px;line-height:1.25}thead th.number{white-space:normal;max-width:9em}
.text th{color:var(--soft);width:13em;white-space:normal}.text td{max-width:78ch;white-space:normal;overflow-wrap:anywhere}
.plots{display:grid;grid-template-columns:repeat(4,1fr);gap:8px 18px;margin:8px 0}.plots svg{width:100%}
svg text{font:10.5px system-ui,"Segoe UI","Noto Sans",sans-serif;fill:var(--ink)}.forest{width:100%;max-width:860px}.forest text{font-size:12px}
svg .title{font-weight:600;font-size:12px}svg .note{fill:var(--soft);font-size:10px}.middle{text-anchor:middle}.end{text-anchor:end}
.frame{fill:none;stroke:#8a949d}.grid{stroke:#e3e7ea}.guide{fill:none;stroke:#8a949d;stroke-dasharray:3 3}.curve{fill:none;stroke:var(--blue);stroke-width:1.7}
.dashed{stroke:#8a5a00;stroke-dasharray:5 3}.bar{stroke:var(--blue);stroke-width:1.7;fill:none}.mark{fill:var(--blue)}.ring{fill:#fff;stroke:#16202a;stroke-width:1.6}
.published{fill:#fff;stroke:#6b7680;stroke-width:1.2}
.finding{break-before:auto;margin-top:26px}.finding h3{padding-bottom:3px;border-bottom:1px solid var(--rule)}
.tables{display:grid;grid-template-columns:1fr 1fr;gap:0 32px}h4{margin:12px 0 2px;font-size:13px}
.films{display:grid;grid-template-columns:repeat(auto-fill,minmax(124px,1fr));gap:12px 10px;margin:8px 0;padding:0;list-style:none}
.film{display:block;width:100%;padding:0;border:0;background:none;color:inherit;font:inherit;text-align:left}button.film{cursor:zoom-in}
.film .picture{display:block;width:100%;aspect-ratio:1;background:#000}.film .none{display:grid;place-items:center;background:var(--faint);color:var(--soft);font-size:11px}
.film b{font-variant-numeric:tabular-nums}.film span{display:block;overflow:hidden;font-size:11.5px;line-height:1.35;text-overflow:ellipsis;white-space:nowrap}
.film:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
[popover]{max-width:min(92vw,760px);padding:0 0 12px;border:0;background:#0b0d0f;color:#e9edf0;box-shadow:0 12px 60px #0009}[popover]::backdrop{background:#000b}
[popover] svg{display:block;width:min(92vw,760px);height:min(74vh,760px)}[popover] p{margin:8px 16px 0;font-size:13px;overflow-wrap:anywhere}[popover] .soft{color:#a9b4bd}
[popover] button{position:absolute;top:8px;right:8px;padding:4px 10px;border:1px solid #55616d;background:#0b0d0fcc;color:#fff;font:inherit;cursor:pointer}
.store{position:absolute;width:0;height:0}
@page{size:A4;margin:14mm 12mm}
@media print{body{max-width:none;padding:0;font-size:9.5pt}.notice{margin:0;border:2px solid var(--alert);background:none;color:var(--alert)}nav{display:none}
.wide{overflow:visible}table{font-size:7.6pt}th,td{padding-right:7px}td small{font-size:6.6pt}tr,svg,.film{break-inside:avoid}h2,h3,h4{break-after:avoid}
.films{grid-template-columns:repeat(7,1fr)}.film span{font-size:6.6pt}}
@media (max-width:900px){.plots{grid-template-columns:1fr 1fr}.tables{grid-template-columns:1fr}}`;
