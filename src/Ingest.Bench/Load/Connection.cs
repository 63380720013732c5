using System.Net.Sockets;

namespace Ingest.Bench;

/// <summary>
/// One keep-alive connection: writes the next of its requests with fresh ids, and reads the answer. Connects anew where it was
/// closed. Allocates nothing a request.
/// </summary>
internal sealed class Connection : IDisposable
{
    /// <summary>Events in the requests of one connection: as many as must pass before one comes again.</summary>
    private const int EventsMin = 500;

    private readonly Target _target;
    private readonly Request[] _requests;
    private readonly byte[] _answer = new byte[16 << 10];
    private readonly Random _random = new();
    private Socket? _socket;
    private int _next;

    /// <param name="workload">What to send.</param>
    /// <param name="target">Where to.</param>
    /// <param name="number">Number of this connection; others send other events.</param>
    public Connection(Workload workload, Target target, int number)
    {
        _target = target;
        var count = Math.Max(1, EventsMin / workload.EventsPerRequest);
        _requests = [.. Enumerable.Range(0, count).Select(i => new Request(workload, target, (number * count) + i))];
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    public async ValueTask<Answer> SendAsync(CancellationToken stop)
    {
        var request = _requests[_next++ % _requests.Length];
        request.Refresh(_random);
        try
        {
            return new Answer(await SendAsync(request, stop), request.Events, request.BodyBytes);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            Dispose();
            return new Answer(0, request.Events, request.BodyBytes);
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async ValueTask<int> SendAsync(Request request, CancellationToken stop)
    {
        var socket = _socket ??= new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (!socket.Connected)
            await socket.ConnectAsync(_target.Endpoint, stop);
        for (var rest = request.Bytes; !rest.IsEmpty;)
            rest = rest[await socket.SendAsync(rest, stop)..];
        for (var filled = 0; ;)
        {
            var read = await socket.ReceiveAsync(_answer.AsMemory(filled), stop);
            if (read == 0)
                throw new IOException("The server closed the connection, or its answer is longer than 16 KiB.");
            filled += read;
            if (!HttpAnswer.TryRead(_answer.AsSpan(0, filled), out var status, out var closes))
                continue;
            if (closes)
                Dispose();
            return status;
        }
    }
}
