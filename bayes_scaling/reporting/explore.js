"use strict";
const grid = JSON.parse(document.getElementById("explore-data").textContent);
const part = name => document.getElementById("explore-" + name);
const [last, lastTokens] = [grid.parameters.length - 1, grid.tokens.length - 1];
const at = probability => grid.levels.indexOf(probability);
let [i, j] = grid.start;

function count(value) {
  const units = [[1e15, "e15"], [1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]];
  const [size, letter] = units.find(([size]) => value >= size) || [1, ""];
  return Number((value / size).toPrecision(3)) + letter;
}

function shown(value) {
  const all = grid.quantiles[i][j];
  const width = all[at(0.95)] - all[at(0.05)];
  const digits = width > 0 ? Math.max(0, 2 - Math.floor(Math.log10(width))) : 3;
  return value.toFixed(Math.min(digits, 8));
}

// probability that a new run is better than a value, between quantiles on a straight line
function probability(cell, value) {
  const levels = grid.levels;
  let below;
  if (value <= cell[0]) below = value < cell[0] ? 0 : levels[0];
  else if (value >= cell[cell.length - 1]) below = 1;
  else {
    const k = cell.findIndex(quantile => quantile > value);
    const fraction = (value - cell[k - 1]) / (cell[k] - cell[k - 1]);
    below = levels[k - 1] + fraction * (levels[k] - levels[k - 1]);
  }
  return grid.better === "lower" ? below : 1 - below;
}

function percent(value) {
  if (value < grid.levels[0]) return "less than 1%";
  if (value > grid.levels[grid.levels.length - 1]) return "more than 99%";
  return (100 * value).toFixed(0) + "%";
}

// the best median of the grid at the same budget: a step of N less is a step of D more
function bestSplit() {
  let best = null;
  for (let a = 0; a <= last; a++) {
    const b = i + j - a;
    if (b < 0 || b > lastTokens) continue;
    const median = grid.quantiles[a][b][at(0.5)];
    const better = grid.better === "lower" ? median < best?.median : median > best?.median;
    if (best === null || better) best = { a, b, median };
  }
  return best;
}

// ends of the bar's scale: the better half of the grid, where decisions are made
const cells = grid.quantiles.flat();
const middle = level => cells.map(one => one[at(level)]).sort((a, b) => a - b)[cells.length >> 1];
const lowerIsBetter = grid.better === "lower";
const low = lowerIsBetter ? Math.min(...cells.map(one => one[at(0.05)])) : middle(0.05);
const high = lowerIsBetter ? middle(0.95) : Math.max(...cells.map(one => one[at(0.95)]));

function bar(cell) {
  const x = value => Math.min(1000, Math.max(0, 1000 * (value - low) / (high - low)));
  for (const [name, a, b] of [["wide", 0.05, 0.95], ["half", 0.25, 0.75]]) {
    part(name).setAttribute("x", x(cell[at(a)]));
    part(name).setAttribute("width", Math.max(2, x(cell[at(b)]) - x(cell[at(a)])));
  }
  part("median").setAttribute("x", x(cell[at(0.5)]) - 2);
  part("low").textContent = low.toPrecision(3);
  part("high").textContent = high.toPrecision(3);
}

function show() {
  const cell = grid.quantiles[i][j], [N, D] = [grid.parameters[i], grid.tokens[j]];
  const sizes = { n: [i, count(N) + " parameters"], d: [j, count(D) + " tokens"],
    c: [i + j, (6 * N * D).toExponential(2).replace("+", "") + " FLOPs"] };
  for (const [name, [place, words]] of Object.entries(sizes)) {
    part(name).value = place;
    part(name).setAttribute("aria-valuetext", words);
    part(name + "-value").textContent = words;
  }
  part("answer").textContent = `${shown(cell[at(0.5)])} (90%: ${shown(cell[at(0.05)])} to ` +
    `${shown(cell[at(0.95)])})`;
  part("ratio").textContent = `${Number((D / N).toPrecision(3))} tokens per parameter`;
  const value = Number(part("than").value);
  const given = part("than").value !== "" && Number.isFinite(value);
  part("chance").textContent = given ? percent(probability(cell, value)) : "give a value";
  const best = bestSplit(), same = best.a === i && best.b === j;
  part("best").textContent = same ? "this one, on this grid" :
    `${count(grid.parameters[best.a])} parameters on ${count(grid.tokens[best.b])} tokens, ` +
    `median ${shown(best.median)}`;
  part("go").disabled = same;
  bar(cell);
}

function move(a, b) {
  i = Math.min(last, Math.max(0, a));
  j = Math.min(lastTokens, Math.max(0, b));
  show();
}

part("n").max = last;
part("d").max = lastTokens;
part("c").max = last + lastTokens;
part("n").addEventListener("input", event => move(Number(event.target.value), j));
part("d").addEventListener("input", event => move(i, Number(event.target.value)));
part("c").addEventListener("input", event => {
  const budget = Number(event.target.value);
  const tokens = Math.min(lastTokens, Math.max(0, budget - i));
  move(budget - tokens, tokens);
});
part("than").addEventListener("input", show);
part("go").addEventListener("click", () => {
  const best = bestSplit();
  move(best.a, best.b);
});
part("than").value = shown(grid.quantiles[i][j][at(0.5)]);
show();
part("panel").hidden = false;
