/// The style of a report's page: light and dark, on a phone and on paper.
enum PageStyle {
    static let text = """
        :root { color-scheme: light dark; --back: #ffffff; --text: #1d1d1f; --soft: #55565c; --line: #d5d6da;
          --a: #0b63ce; --b: #a85400; --c: #6b6b73; --done: #1a7f37; --partial: #9a6700; --failed: #cf222e; --other: #6b6b73 }
        @media screen and (prefers-color-scheme: dark) {
          :root { --back: #16181c; --text: #e8e8ea; --soft: #a9abb2; --line: #3a3d44;
            --a: #6ea8fe; --b: #f2a65a; --c: #9a9ca3; --done: #4cc26b; --partial: #d9a520; --failed: #ff7b72; --other: #9a9ca3 }
        }
        * { box-sizing: border-box }
        body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--back); color: var(--text);
          font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif }
        h1 { font-size: 1.6rem; margin: 0 0 .3rem; overflow-wrap: anywhere }
        h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line) }
        p { margin: .3rem 0 }
        header p, .note { color: var(--soft) }
        .wide { overflow-x: auto; margin: .8rem 0 1.2rem }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
        caption { text-align: left; font-weight: 600; padding: .2rem 0 }
        th, td { text-align: left; font-weight: normal; vertical-align: top; padding: .18rem .7rem .18rem 0; overflow-wrap: break-word }
        thead th { color: var(--soft); border-bottom: 1px solid var(--line); font-size: .85rem; overflow-wrap: normal }
        tbody th { min-width: 6rem }
        .n { text-align: right; white-space: nowrap; overflow-wrap: normal; width: 1% }
        .k { white-space: nowrap }
        .bar { width: 40%; min-width: 4.5rem; padding-right: 0; vertical-align: middle }
        .data td, .data tbody th { border-bottom: 1px solid var(--line); font-size: .9rem; min-width: 0 }
        .key { display: inline-block; width: .7rem; height: .7rem; margin-right: .3rem }
        svg { display: block; width: 100% }
        .bar svg { height: .8rem }
        .strip { height: 2.6rem; max-width: 40rem }
        .a { fill: var(--a) } .b { fill: var(--b) } .c { fill: var(--c) }
        .done { fill: var(--done) } .partial { fill: var(--partial) } .failed { fill: var(--failed) } .other { fill: var(--other) }
        @media (max-width: 34rem) {
          body { padding: .7rem; font-size: 15px }
          .bar { width: 25%; min-width: 2rem } th, td { padding-right: .45rem } .data { font-size: .85rem }
          .data th, .data td { overflow-wrap: anywhere } .many tbody td { max-width: 100% }
          .chart tbody th { min-width: 5rem; overflow-wrap: anywhere } .chart .n { font-size: .85rem } thead th { font-size: .8rem }
          thead .n { white-space: normal } .key { display: block; margin: 0 0 0 auto }
          .many thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
          .many, .many caption, .many tbody, .many tr { display: block } .many tr { padding: .2rem 0; border-bottom: 1px solid var(--line) }
          .many tbody td, .many tbody th { display: inline-block; border: 0; padding: 0 .5rem 0 0 }
          .many .n::before { content: attr(data-name) " "; color: var(--soft) } .many .n { white-space: normal }
        }
        @media (max-width: 24rem) { .sets .bar { display: none } }
        @page { margin: 14mm }
        @media print {
          body { max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.3 }
          .wide { overflow: visible } th, td { padding-top: .1rem; padding-bottom: .1rem }
          tr, svg, .chart { break-inside: avoid } h2, caption, thead { break-after: avoid }
        }
        """
}
