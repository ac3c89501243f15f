import Foundation

// `parley dev` forks before there is a second thread, and owns the process's signals: it goes first, and alone.
let arguments = Array(CommandLine.arguments.dropFirst())
let environment = ProcessInfo.processInfo.environment

if arguments.first == "dev" {
    do {
        exit(try DevCommand(arguments: Array(arguments.dropFirst()), environment: environment).run())
    } catch {
        Command.complain(error.explanation)
        exit(1)
    }
}
exit(await Command.run(arguments, environment: environment))
