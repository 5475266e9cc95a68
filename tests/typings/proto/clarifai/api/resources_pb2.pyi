from clarifai_grpc.grpc.api.resources_pb2 import *
