using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ingest.TestKit;

namespace Ingest.Regions.Tests;

/// <summary>A region as far as a balancer sees it: answers every request with 200, or 503 while it is down, and counts.</summary>
internal sealed class CountingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public CountingServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}"));

    /// <summary>Requests that were no health checks.</summary>
    public Counter Requests { get; } = new();

    public bool IsDown { get; set; }

    /// <summary>Body of an answer; <c>ok</c> where null.</summary>
    public byte[]? Body { get; set; }

    /// <summary>Further header lines of an answer, each with its end.</summary>
    public string Headers { get; set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
            var request = await reader.ReadLineAsync(_stop.Token);
            while (!string.IsNullOrEmpty(await reader.ReadLineAsync(_stop.Token)))
            {
                // Headers.
            }

            if (request?.StartsWith("GET /ready", StringComparison.Ordinal) == false)
                Requests.Add(1);
            var body = Body ?? "ok"u8.ToArray();
            var head = string.Create(
                CultureInfo.InvariantCulture,
                $"HTTP/1.1 {(IsDown ? "503 No" : "200 OK")}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{Headers}\r\n");
            await stream.WriteAsync((byte[])[.. Encoding.Latin1.GetBytes(head), .. body], _stop.Token);
        }
        catch (IOException)
        {
            // The client left.
        }
    }
}
