using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ingest.Bench;

/// <summary>Adds entries to a stream of Redis over one connection. Commands are pipelined: whatever comes while one is written goes with the next write.</summary>
internal sealed class RedisStream : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private MemoryStream _commands = new();
    private bool _isWriting;

    private RedisStream(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        Ended = Task.Run(ReadRepliesAsync);
    }

    /// <summary>Ends when Redis closes the connection, or replies what it should not.</summary>
    public Task Ended { get; }

    public static async Task<RedisStream> ConnectAsync(EndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(endpoint);
        return new RedisStream(socket);
    }

    /// <summary>Adds an entry; completes when Redis has said that it did, which it does after its sync.</summary>
    public Task AddAsync(ReadOnlySequence<byte> body)
    {
        var added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _commands.Write("*5\r\n$4\r\nXADD\r\n$6\r\nevents\r\n$1\r\n*\r\n$1\r\nb\r\n"u8);
            _commands.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${body.Length}\r\n")));
            foreach (var segment in body)
                _commands.Write(segment.Span);
            _commands.Write("\r\n"u8);
            _waiting.Enqueue(added);
            if (_isWriting)
                return added.Task;
            _isWriting = true;
        }

        _ = Task.Run(WriteAllAsync);
        return added.Task;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task WriteAllAsync()
    {
        var writing = new MemoryStream();
        while (true)
        {
            lock (_gate)
            {
                if (_commands.Length == 0)
                {
                    _isWriting = false;
                    return;
                }

                (writing, _commands) = (_commands, writing);
            }

            await _stream.WriteAsync(writing.GetBuffer().AsMemory(0, (int)writing.Length));
            writing.SetLength(0);
        }
    }

    private async Task ReadRepliesAsync()
    {
        var reader = PipeReader.Create(_stream);
        while (true)
        {
            var result = await reader.ReadAsync();
            var rest = result.Buffer;
            while (RedisReply.TryRead(ref rest, out var error))
            {
                TaskCompletionSource added;
                lock (_gate)
                    added = _waiting.Dequeue();
                if (error is null)
                    added.SetResult();
                else
                    added.SetException(new IOException(error));
            }

            reader.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
                return;
        }
    }
}
