// The fuzzer takes every core as it is.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
