package dev.kvbm.replay.report;

/** The style sheet and the few lines of script of the page. */
final class PageStyle {

  private PageStyle() {}

  static final String CSS =
      """
      :root{color-scheme:light dark;--bg:#fff;--panel:#f6f7f9;--ink:#1a1f26;--soft:#58626e;
      --rule:#d5dae0;--grid:#e8ebef;--hover:rgb(0 0 0/.06);--s0:#0072b2;--s1:#d55e00;--s2:#009e73;
      --s3:#a8478c;--s4:#b77f00;--s5:#3b95cf;--s6:#444c56;--bound:#6a7480;--n1:#b03a06;--n2:#dd6b20;
      --n3:#f0a35e;--n4:#f8d3ac;--idle:#dde1e6}
      @media (prefers-color-scheme:dark){:root{--bg:#14171b;--panel:#1c2026;--ink:#e6e9ed;
      --soft:#a0a9b4;--rule:#3a414a;--grid:#2a3037;--hover:rgb(255 255 255/.08);--s0:#5ab0ea;
      --s1:#ff8c52;--s2:#35c79c;--s3:#e095c9;--s4:#f5b93f;--s5:#9cd3f5;--s6:#c5ccd4;--bound:#97a1ad;
      --n1:#ff7a3d;--n2:#e0702c;--n3:#a8592a;--n4:#6b4229;--idle:#333a43}}
      *{box-sizing:border-box}
      body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,
      "Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
      header,main,footer{max-width:1120px;margin:0 auto;padding:0 24px}
      header{padding-top:28px}
      h1{font-size:25px;line-height:1.25;margin:0;font-weight:650;letter-spacing:-.01em}
      h2{font-size:21px;margin:44px 0 6px;padding-top:16px;border-top:2px solid var(--ink);
      font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
      main>section:first-child h2{border:0;margin-top:14px;padding-top:0}
      h3{font-size:15.5px;margin:0;font-weight:650}
      p{margin:6px 0;max-width:78ch}
      .by{color:var(--soft);font-size:13.5px}
      .lead{font-size:16px}
      .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(188px,1fr));gap:12px;
      margin:16px 0 20px}
      .tile{background:var(--panel);border-radius:8px;padding:12px 14px}
      .tile b{display:block;font-size:25px;line-height:1.2;font-weight:650;letter-spacing:-.02em}
      .tile span{display:block;font-size:12.5px;color:var(--soft);line-height:1.4}
      .tile .what{font-weight:600;color:var(--ink);margin-bottom:3px}
      figure{margin:0 0 26px;min-width:0}
      figcaption p{font-size:13.5px;color:var(--soft);margin:2px 0 8px;max-width:100ch}
      .pair{display:grid;grid-template-columns:1fr 1fr;gap:10px 36px;margin-top:6px}
      .scroll{overflow-x:auto}
      svg{display:block;width:100%;height:auto;overflow:visible}
      .wide svg{min-width:640px}
      svg text{font-size:12px;fill:var(--soft)}
      svg .end{text-anchor:end}svg .mid{text-anchor:middle}
      svg .name{font-size:11.5px;fill:var(--soft)}
      svg .row{fill:var(--ink)}svg .val{fill:var(--ink);font-weight:600}
      svg .on{fill:#fff;font-size:11px;pointer-events:none}
      .axis{stroke:var(--soft);stroke-width:1;fill:none}
      .grid{stroke:var(--grid);stroke-width:1;fill:none}
      .faint{stroke:var(--grid);stroke-width:.6;fill:none}
      .curve{fill:none;stroke-width:2.2;stroke-linejoin:round}
      .thin{fill:none;stroke-width:1.3;stroke-linejoin:round}
      .join{fill:none;stroke-width:1.3;stroke-linejoin:round;opacity:.55}
      .mark{fill:var(--bg);stroke-width:2;stroke-linejoin:round}
      .s0{stroke:var(--s0)}.s1{stroke:var(--s1)}.s2{stroke:var(--s2)}.s3{stroke:var(--s3)}
      .s4{stroke:var(--s4)}.s5{stroke:var(--s5)}.s6{stroke:var(--s6)}
      .f0{fill:var(--s0)}.f2{fill:var(--s2)}.fn1{fill:var(--n1)}.fn2{fill:var(--n2)}
      .fn3{fill:var(--n3)}.fn4{fill:var(--n4)}.fi{fill:var(--idle)}
      .min,.minb,.infinite{stroke:var(--bound)}
      .min{stroke-dasharray:7 4}.minb{stroke-dasharray:2 3}.infinite{stroke-dasharray:none}
      .gap{fill:var(--s0);opacity:.09;stroke:none}
      .bar{fill:var(--s0);opacity:.75}.bar2{fill:var(--idle)}
      .hit{fill:transparent}.hit:hover{fill:var(--hover)}
      [data-t]{cursor:default}
      .legend{display:flex;flex-wrap:wrap;gap:3px 18px;margin:0 0 6px;padding:0;list-style:none;
      font-size:13px;color:var(--ink)}
      .legend li{display:flex;align-items:center;gap:6px}
      .legend svg{width:30px;height:14px;min-width:30px;flex:none}
      table{border-collapse:collapse;font-size:13px;width:100%}
      th,td{padding:5px 8px;text-align:right;border-bottom:1px solid var(--grid);white-space:nowrap}
      thead th{font-weight:600;border-bottom:1px solid var(--rule);vertical-align:bottom}
      th:first-child,td:first-child{text-align:left}
      tbody th{font-weight:600}
      td small,th small{display:block;color:var(--soft);font-weight:400;font-size:11.5px;line-height:1.3}
      .heat{width:auto}.heat th:first-child{min-width:150px}.heat td{min-width:84px}
      .heat td{background:color-mix(in srgb,var(--s0) var(--a,0%),transparent);
      border:1px solid var(--bg)}
      .heat td.best{font-weight:700}
      .heat .rule th,.heat .rule td{border-top:1px solid var(--rule)}
      .bars td:last-child{width:34%;padding-right:0}
      .meter{display:flex;align-items:center;gap:8px}
      .meter i{display:block;height:11px;background:var(--s0);border-radius:2px;flex:none;opacity:.8}
      details{font-size:13px;margin:6px 0 0}
      summary{cursor:pointer;color:var(--soft)}
      details .scroll{max-height:420px;overflow:auto;margin-top:6px}
      dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 16px;font-size:13.5px;margin:8px 0}
      dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
      footer{margin-top:36px;padding-bottom:40px;border-top:1px solid var(--rule);padding-top:14px}
      footer h2{border:0;margin:0;padding:0;font-size:17px}
      nav a{color:var(--s0)}
      #tip{position:fixed;z-index:9;pointer-events:none;background:var(--ink);color:var(--bg);
      font-size:12.5px;line-height:1.4;padding:6px 9px;border-radius:5px;white-space:pre-line;
      max-width:340px}
      @media (max-width:820px){.pair{grid-template-columns:1fr}header,main,footer{padding:0 14px}
      header{padding-top:18px}}
      @media print{@page{size:A4;margin:13mm}
      :root{color-scheme:light;--bg:#fff;--panel:#f6f7f9;--ink:#000;--soft:#444;--rule:#bbb;
      --grid:#e4e7ea;--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#a8478c;--s4:#b77f00;--s5:#3b95cf;
      --s6:#444c56;--bound:#6a7480;--n1:#b03a06;--n2:#dd6b20;--n3:#f0a35e;--n4:#f8d3ac;--idle:#dde1e6}
      *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
      body{font-size:9.5pt;line-height:1.4}header,main,footer{max-width:none;padding:0}
      header{padding-top:0}.lead{font-size:10.5pt}p{max-width:none}figcaption p{font-size:8.5pt}
      .tiles{grid-template-columns:repeat(5,1fr);gap:7px;margin:10px 0 14px}
      .tile{padding:7px 9px}.tile b{font-size:15pt}.tile span{font-size:7.5pt}
      .legend{font-size:8.5pt;gap:2px 13px}.by,dl{font-size:8.5pt}
      .pair{grid-template-columns:1fr 1fr;gap:4px 24px}figure{margin-bottom:16px}
      figure,.tile,tr{break-inside:avoid}h2,h3,figcaption{break-after:avoid}
      section+section{break-before:page}section+section h2{border:0;margin:0;padding:0}
      .wide svg{min-width:0}svg text,svg .name{font-size:14px}svg .on{font-size:12px}
      .scroll{overflow:visible}table{font-size:8pt}th,td{padding:3px 5px}
      td small,th small{font-size:7pt}.heat td,.heat th:first-child{min-width:0}.bars{font-size:7.5pt}.bars td,.bars th{padding:2px 4px}
      nav a{color:inherit;text-decoration:none}details,#tip{display:none}}
      """;

  static final String SCRIPT =
      """
      const tip=document.getElementById('tip');
      for(const t of document.querySelectorAll('svg>title')){
      t.parentNode.setAttribute('aria-label',t.textContent);t.remove()}
      addEventListener('pointermove',e=>{const t=e.target.closest?.('[data-t]');tip.hidden=!t;
      if(!t)return;tip.textContent=t.dataset.t;const b=tip.getBoundingClientRect();
      tip.style.left=Math.max(4,Math.min(e.clientX+14,innerWidth-b.width-6))+'px';
      tip.style.top=Math.max(4,e.clientY-b.height-12)+'px'});
      """;
}
