// A table of plain text, one component of Dash. As a component for each cell the tables of a
// comparison were some 1,500, and Dash walks all of them whenever a control moves.
window.postloan = {
  Table({ headings, rows, words }) {
    const row = (cell, texts) =>
      texts.map((text, i) =>
        React.createElement(cell, { key: i, className: i < words ? undefined : "number" }, text));
    const lines = rows.map((texts, i) => React.createElement("tr", { key: i }, row("td", texts)));
    return React.createElement(
      "table", null,
      React.createElement("thead", null, React.createElement("tr", null, row("th", headings))),
      React.createElement("tbody", null, lines));
  },
};
