using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ingest.Bench;

/// <summary>One keep-alive connection: writes a request with fresh ids, reads the answer. Allocates nothing a request.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly int[] _idAt;
    private readonly byte[] _answer = new byte[16 << 10];
    private readonly ulong _idHigh;
    private ulong _idLow;

    public Connection(Workload workload, EventText events, string path, string host, int number)
    {
        _idHigh = (ulong)Random.Shared.NextInt64();
        _idLow = (ulong)number << 40;
        (_request, _idAt) = Compose(workload, events, path, host, number);
    }

    public Task ConnectAsync(IPEndPoint server) => _socket.ConnectAsync(server);

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <returns>The status code.</returns>
    public async ValueTask<int> SendAsync(CancellationToken stop)
    {
        foreach (var at in _idAt)
            WriteId(at);
        await _socket.SendAsync(_request, stop);
        var filled = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_answer.AsMemory(filled), stop);
            if (read == 0)
                throw new IOException("The server closed the connection.");
            filled += read;
            if (TryRead(_answer.AsSpan(0, filled), out var status))
                return status;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Reads the status of a whole answer; false while some of it is missing.</summary>
    private static bool TryRead(ReadOnlySpan<byte> answer, out int status)
    {
        status = 0;
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var head = answer[..end];
        if (!Utf8Parser.TryParse(head[9..], out status, out _))
            throw new IOException("The server did not answer in HTTP.");
        var at = head.IndexOf("Content-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + 16)..], out int length, out _) && answer.Length >= end + 4 + length;
    }

    private void WriteId(int at)
    {
        var id = _request.AsSpan(at, EventText.IdLength);
        var low = ++_idLow;
        WriteHex(id[..8], _idHigh >> 32);
        WriteHex(id[9..13], _idHigh);
        WriteHex(id[19..23], low >> 48);
        WriteHex(id[24..36], low);
    }

    private static void WriteHex(Span<byte> to, ulong value)
    {
        for (var i = to.Length - 1; i >= 0; i--, value >>= 4)
            to[i] = "0123456789abcdef"u8[(int)(value & 15)];
    }

    private static (byte[] Request, int[] IdAt) Compose(Workload workload, EventText events, string path, string host, int number)
    {
        var body = new List<byte>();
        var ids = new int[workload.EventsPerRequest];
        var isArray = workload.EventsPerRequest > 1;
        if (isArray)
            body.Add((byte)'[');
        for (var i = 0; i < ids.Length; i++)
        {
            if (i > 0)
                body.Add((byte)',');
            ids[i] = body.Count + EventText.IdOffset;
            body.AddRange(events[(number * 131) + i]);
        }

        if (isArray)
            body.Add((byte)']');
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {BenchSource.WriteKey}\r\nContent-Type: application/json\r\nContent-Length: {body.Count}\r\n\r\n"));
        return ([.. head, .. body], [.. ids.Select(at => at + head.Length)]);
    }
}
