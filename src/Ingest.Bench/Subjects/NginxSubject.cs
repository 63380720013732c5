using System.Globalization;

namespace Ingest.Bench;

/// <summary>
/// nginx writing each body into a log. Nothing is synced, so an answer promises nothing: a reference for what HTTP alone costs.
/// nginx reads a body only for whom it is passed on to, so it passes it on to itself.
/// </summary>
/// <param name="program">The path of nginx.</param>
internal sealed class NginxSubject(string program) : ISubject
{
    public string Name => "nginx";

    public string About => "nginx logging the body; NOT durable (nothing is synced), shown as a reference";

    public async Task<IRunningSubject> StartAsync(SubjectSetup setup)
    {
        var endpoint = Programs.FreeEndpoint();
        var logs = Directory.CreateDirectory(Path.Combine(setup.Folder, "logs")).FullName;
        var file = Path.Combine(setup.Folder, "nginx.conf");
        await File.WriteAllTextAsync(file, Configuration(setup.Folder, logs, endpoint.Port));
        var process = ServerProcess.Start(program, ["-p", setup.Folder, "-c", file, "-e", Path.Combine(setup.Folder, "error.log")]);
        await process.WaitForAsync(async () => await Programs.ListensAsync(endpoint) ? endpoint : null);
        return new PeerServer([process], new Target(endpoint, "/"), process.Age, logs);
    }

    private static string Configuration(string folder, string logs, int port) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        daemon off;
        user {{Environment.UserName}};
        worker_processes auto;
        pid {{folder}}/nginx.pid;
        error_log {{folder}}/error.log;
        events { worker_connections 2048; }
        http {
          log_format body escape=none '$request_body';
          client_body_temp_path {{folder}}/bodies;
          proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi;
          uwsgi_temp_path {{folder}}/uwsgi;
          scgi_temp_path {{folder}}/scgi;
          client_max_body_size 4m;
          client_body_buffer_size 2m;
          client_body_in_single_buffer on;
          keepalive_requests 1000000000;
          upstream self { server unix:{{folder}}/self.sock; keepalive 64; }
          server {
            listen 127.0.0.1:{{port}} backlog=1024;
            access_log {{logs}}/bodies.log body;
            location / {
              proxy_pass http://self;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
            }
          }
          server {
            listen unix:{{folder}}/self.sock;
            access_log off;
            location / { default_type text/plain; return 200 "ok"; }
          }
        }
        """);
}
