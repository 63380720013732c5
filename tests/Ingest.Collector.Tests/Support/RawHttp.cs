using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ingest.Collector.Tests;

/// <summary>A bare socket, for what an HTTP client hides.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    // A server that neither answers nor closes ends the test, not the run.
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(2));

    public static async Task<RawHttp> ConnectAsync(IPEndPoint endpoint)
    {
        var raw = new RawHttp();
        await raw._socket.ConnectAsync(endpoint, raw._patience.Token);
        return raw;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, _patience.Token)..];
    }

    /// <summary>Reads one answer whose head is all that matters: status line and headers.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await _socket.ReceiveAsync(one, _patience.Token) == 0)
                break;
            text.Append((char)one[0]);
        }
        return text.ToString();
    }

    /// <summary>Reads so many bytes, such as the body behind a head.</summary>
    public async Task SkipAsync(int count)
    {
        var buffer = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = await _socket.ReceiveAsync(buffer.AsMemory(at), _patience.Token);
            Assert.NotEqual(0, read);
            at += read;
        }
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        for (var read = await _socket.ReceiveAsync(buffer, _patience.Token); read > 0; read = await _socket.ReceiveAsync(buffer, _patience.Token))
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        return text.ToString();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _patience.Dispose();
    }
}
