// The live dashboard: reads /metrics every two seconds and draws what an operator looks at first.

const interval = 2000
const kept = 150
const samples = []

/** Reads Prometheus' text format into `name → [{labels, value}]`. */
function parse(text) {
    const families = new Map()
    for (const line of text.split("\n")) {
        const found = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line)
        if (!found) continue
        const labels = Object.fromEntries([...(found[2] ?? "").matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]))
        if (!families.has(found[1])) families.set(found[1], [])
        families.get(found[1]).push({ labels, value: Number(found[3]) })
    }
    return families
}

const total = (sample, name, where = () => true) =>
    (sample.metrics.get(name) ?? []).filter(({ labels }) => where(labels)).reduce((sum, { value }) => sum + value, 0)

/** What a counter gained between two samples, in a second. A restart begins it anew. */
const rate = (name, where) => (now, before) =>
    before && Math.max(0, total(now, name, where) - total(before, name, where)) / ((now.at - before.at) / 1000)

const gauge = (name) => (now) => total(now, name)

/** A quantile of what a histogram counted between two samples, in milliseconds. */
const quantile = (name, share, where) => (now, before) => {
    if (!before) return undefined
    const counts = new Map()
    for (const [sample, sign] of [[now, 1], [before, -1]]) {
        for (const { labels, value } of sample.metrics.get(`${name}_bucket`) ?? []) {
            if (where && !where(labels)) continue
            const bound = labels.le === "+Inf" ? Infinity : Number(labels.le)
            counts.set(bound, (counts.get(bound) ?? 0) + sign * value)
        }
    }
    const bounds = [...counts.keys()].sort((one, other) => one - other)
    const all = counts.get(Infinity) ?? 0
    if (all <= 0) return undefined
    const bound = bounds.find((bound) => counts.get(bound) >= share * all)
    return 1000 * (bound === Infinity ? bounds.at(-2) : bound)
}

/** The mean of what a histogram counted between two samples. */
const mean = (name) => (now, before) => {
    const count = before && total(now, `${name}_count`) - total(before, `${name}_count`)
    return count > 0 ? (total(now, `${name}_sum`) - total(before, `${name}_sum`)) / count : undefined
}

const notWaiting = (labels) => labels.route !== "/api/v1/sync"

const cards = [
    { name: "messages stored", unit: "/s", value: rate("parley_messages_sent_total", ({ outcome }) => outcome === "stored") },
    { name: "messages that failed", unit: "/s", value: rate("parley_messages_sent_total", ({ outcome }) => outcome === "unavailable"), isBad: (value) => value > 0 },
    { name: "messages in a transaction", unit: "", value: mean("parley_write_batch_messages") },
    { name: "sockets", unit: "", value: gauge("parley_sockets") },
    { name: "requests", unit: "/s", value: rate("parley_http_requests_total") },
    { name: "requests, the slowest in a hundred", unit: "ms", value: quantile("parley_http_request_seconds", 0.99, notWaiting), isBad: (value) => value > 500 },
    { name: "answers that are our fault", unit: "/s", value: rate("parley_http_requests_total", ({ status }) => status === "5xx"), isBad: (value) => value > 0 },
    { name: "waiting for the database", unit: "", value: gauge("parley_postgres_waiting"), isBad: (value) => value > 100 },
    { name: "database connections in use", unit: "", value: gauge("parley_postgres_connections_in_use") },
    { name: "oldest transaction", unit: "s", value: gauge("parley_postgres_oldest_transaction_seconds"), least: 1, isBad: (value) => value > 600 },
    { name: "connections to Redis", unit: "", value: gauge("parley_redis_connections_open"), needs: "parley_redis_connections_open", isBad: (value) => value === 0 },
    { name: "CPU", unit: "cores", value: rate("process_cpu_seconds_total") },
    { name: "memory", unit: "MB", value: (now) => total(now, "process_resident_memory_bytes") / 1e6 },
]

const shown = (value) => (value === undefined ? "–" : value >= 100 ? Math.round(value).toLocaleString("en") : value >= 10 ? value.toFixed(1) : value.toFixed(2).replace(/\.?0+$/, ""))

function element(name, text) {
    const element = document.createElement(name)
    if (text !== undefined) element.textContent = text
    return element
}

function draw(card) {
    if (!card.section) {
        card.section = element("section")
        card.figure = element("p")
        const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg")
        picture.setAttribute("viewBox", `0 0 ${kept - 1} 100`)
        picture.setAttribute("preserveAspectRatio", "none")
        picture.setAttribute("aria-hidden", "true")
        card.line = picture.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"))
        card.section.append(element("h2", card.name), card.figure, picture)
        document.querySelector("#cards").append(card.section)
    }
    const newest = samples.at(-1)
    card.section.hidden = Boolean(card.needs) && !newest.metrics.has(card.needs)
    const values = samples.map((sample, index) => card.value(sample, samples[index - 1]))
    const value = values.at(-1)
    card.figure.replaceChildren(shown(value), " ", element("small", value === undefined ? "" : card.unit))
    card.section.classList.toggle("bad", value !== undefined && Boolean(card.isBad?.(value)))
    // Nothing is drawn larger than life: what never leaves zero is a line at the bottom.
    const top = Math.max(...values.map((value) => value ?? 0), card.least ?? 1e-9)
    const start = kept - values.length
    const points = values.map((value, index) => `${start + index},${98 - 94 * ((value ?? 0) / top)}`)
    card.line.setAttribute("d", points.length > 1 ? `M${points.join("L")}L${kept - 1},100L${start},100Z` : "")
}

function say(words, isBad = false) {
    const state = document.querySelector("#state")
    if (state.textContent !== words) state.textContent = words
    state.classList.toggle("bad", isBad)
}

async function look() {
    const token = sessionStorage.getItem("metrics-token")
    try {
        const answer = await fetch("/metrics", { headers: token ? { Authorization: `Bearer ${token}` } : {}, cache: "no-store" })
        document.querySelector("#token").hidden = answer.status !== 401
        if (!answer.ok) return say(answer.status === 401 ? "a token is needed" : `the service answered ${answer.status}`, true)
        samples.push({ at: performance.now(), metrics: parse(await answer.text()) })
        if (samples.length > kept) samples.shift()
        cards.forEach(draw)
        const ready = await (await fetch("/health/ready", { cache: "no-store" })).json()
        const missing = Object.entries(ready.checks ?? {}).filter(([, state]) => state !== "ok").map(([name]) => name)
        say(missing.length ? `${ready.status}: ${missing.join(", ")}` : "all is well", missing.length > 0)
    } catch {
        say("the service does not answer", true)
    }
}

document.querySelector("#token").addEventListener("submit", (event) => {
    event.preventDefault()
    sessionStorage.setItem("metrics-token", document.querySelector("#secret").value)
    look()
})

for (;;) {
    await look()
    await new Promise((done) => setTimeout(done, interval))
}
