using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ingest.Fuzz;

/// <summary>A body that arrives in pieces and ends as it is told; never makes its reader wait.</summary>
internal sealed class PiecedBody(RequestInput request) : PipeReader, IRequestBodyPipeFeature
{
    private int _at;
    private int _given;
    private bool _wasEmpty;

    public PipeReader Reader => this;

    public override bool TryRead(out ReadResult result)
    {
        // Every other time there is nothing yet, so that the reader takes the way on which it waits.
        _wasEmpty = !_wasEmpty && request.Piece is > 0 and < 8;
        result = _wasEmpty ? default : Next();
        return !_wasEmpty;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(Next());

    public override void AdvanceTo(SequencePosition consumed) => _at += _given;

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => AdvanceTo(consumed);

    public override void CancelPendingRead()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    private ReadResult Next()
    {
        _given = Math.Min(request.Piece > 0 ? request.Piece : int.MaxValue, request.Body.Length - _at);
        var isLast = _at + _given == request.Body.Length;
        if (isLast && _given == 0)
            ThrowAtEnd();
        return new ReadResult(
            new ReadOnlySequence<byte>(request.Body, _at, _given), isCanceled: false, isCompleted: isLast && request.End == BodyEnd.Whole);
    }

    private void ThrowAtEnd()
    {
        switch (request.End)
        {
            case BodyEnd.Broken:
                throw new BadHttpRequestException("the body ends too early");
            case BodyEnd.Slow:
                throw new BadHttpRequestException("the body is too slow", StatusCodes.Status408RequestTimeout);
            case BodyEnd.Reset:
                throw new ConnectionResetException("the client has gone");
        }
    }
}
