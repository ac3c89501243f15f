import Crypto
import Glibc

guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())) else {
    Console.complain(Arguments.usage)
    exit(2)
}

func target(_ parser: String) -> any FuzzTarget {
    if let target = Targets.named(parser) { return target }
    Console.complain("parley-fuzz: no parser \(parser); there are: \(Targets.all.map(\.name).joined(separator: ", "))")
    exit(2)
}

switch arguments.task {
case .fuzz(nil):
    let campaign = Campaign(inputs: arguments.inputs, seed: arguments.seed, corpus: arguments.corpus)
    exit(campaign.run() ? 0 : 1)
case .fuzz(let parser?):
    let run = FuzzRun(
        parser: parser, target: target(parser), inputs: arguments.inputs, seed: arguments.seed,
        corpus: arguments.corpus.map { Corpus(folder: $0, parser: parser) })
    exit(run.run() ? 0 : 1)
case .replay(let parser, let hex):
    guard let input = Hex.decode(hex) else {
        Console.complain("parley-fuzz: --replay wants hexadecimal digits")
        exit(2)
    }
    do {
        Console.say(try target(parser).check(input).kind)
    } catch {
        Console.say("FAILED \(parser): \((error as? Violation)?.rule ?? "\(error)")")
        exit(1)
    }
case .emit(let parser):
    var source = InputSource(target(parser), name: parser, seed: arguments.seed)
    var output = RecordWriter()
    for _ in 0..<arguments.inputs { output.write(source.next()) }
    output.flush()
case .judge(let name):
    guard let judge = Judges.named(name) else {
        Console.complain(Arguments.usage)
        exit(2)
    }
    var input = RecordReader()
    var output = RecordWriter()
    while let stream = input.next() { output.write(Array(judge(stream).utf8)) }
    output.flush()
}
