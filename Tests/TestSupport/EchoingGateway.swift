import Foundation

/// Answers as gateways do that repeat the request in their error page, and remembers what it was sent. Where it is
/// asked for a token it gives one, so that the next request carries it.
package final class EchoingGateway {
    package enum Place: String, Sendable, CaseIterable { case token, api, coverage }

    /// The token that it gives.
    package let token: String
    package let port: Int
    private let process: Process
    private let log: String

    /// - Parameters:
    ///   - place: whose answer repeats the request.
    ///   - status: of that answer.
    package init(folder: String, echoing place: Place, status: Int, token: String) async throws {
        self.token = token
        log = "\(folder)/gateway.log"
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.program, place.rawValue, String(status), token, log]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.split(whereSeparator: \.isNewline).first ?? "") else { throw LoopbackError() }
        self.port = port
    }

    /// By force: the thread that started it may keep its signals back, and a child inherits that.
    package func stop() { kill(process.processIdentifier, SIGKILL) }

    /// Headers and forms as they came.
    package var heard: String { get throws { try String(contentsOfFile: log, encoding: .utf8) } }

    private static let program = """
        import http.server, json, sys
        place, status, token, log = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
        class Gateway(http.server.BaseHTTPRequestHandler):
            def answer(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def reply(self, own):
                form = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
                request = '%s\\n%s%s' % (self.requestline, self.headers, form)
                open(log, 'a').write(request + '\\n')
                if place == own or place == 'coverage' and 'Coverage' in self.path:
                    detail = 'blocked \\x1b[31m\\u202e' + request + '.' * 900
                    self.answer(status, {'error': detail, 'errors': [{'detail': detail}]})
                elif own == 'token':
                    self.answer(200, {'access_token': token, 'token_type': 'Bearer', 'expires_in': 3600})
                elif place == 'coverage' and own == 'api':
                    device = {'type': 'orgDevices', 'id': 'C02X', 'attributes': {'serialNumber': 'C02X'}}
                    self.answer(200, {'data': [device], 'links': {'self': self.path}, 'meta': {}})
                else:
                    self.answer(404, {})
            def do_POST(self): self.reply('token')
            def do_GET(self): self.reply('api')
            def log_message(self, *rest): pass
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Gateway)
        print(server.server_port, flush=True)
        server.serve_forever()
        """
}
