import Foundation

/// A server that is told of runs: it remembers what it was sent, and the first step of a path says how it answers: `hang`,
/// `reset`, `moved` or a status; anything else with 200.
package final class NoticeStub {
    package struct Call: Sendable, Decodable, Equatable {
        package let method, path, type, body: String

        /// The members of a body that is JSON.
        package var members: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]) ?? [:]
        }
    }

    package let port: Int
    private let process: Process
    private let log: String

    package init(folder: String) throws {
        log = "\(folder)/calls.log"
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.program, log]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.split(whereSeparator: \.isNewline).first ?? "") else { throw LoopbackError() }
        self.port = port
    }

    deinit { kill(process.processIdentifier, SIGKILL) }

    package func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    package var calls: [Call] {
        get throws {
            guard let text = try? String(contentsOfFile: log, encoding: .utf8) else { return [] }
            return try text.split(separator: "\n").map { try JSONDecoder().decode(Call.self, from: Data($0.utf8)) }
        }
    }

    package func forget() { try? FileManager.default.removeItem(atPath: log) }

    private static let program = """
        import http.server, json, socket, struct, sys, threading, time
        lock = threading.Lock()
        class Stub(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
                call = {'method': self.command, 'path': self.path, 'type': self.headers.get('Content-Type'), 'body': body}
                with lock, open(sys.argv[1], 'a') as log:
                    log.write(json.dumps(call) + '\\n')
                how = self.path.split('/')[1]
                if how == 'hang': time.sleep(120)
                if how == 'reset':
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                    self.connection.close()
                    return
                self.send_response(302 if how == 'moved' else int(how) if how.isdigit() else 200)
                self.send_header('Location', '/elsewhere')
                self.send_header('Content-Length', '0')
                self.end_headers()
            do_GET = do_POST
            def log_message(self, *rest): pass
        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *rest): pass
        server = Server(('127.0.0.1', 0), Stub)
        print(server.server_port, flush=True)
        server.serve_forever()
        """
}
